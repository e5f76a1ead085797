"""Statements as a dozen banks write them, with an oracle: of each document whose it is, and whether that can be known.

INNs begin with 9900: they pass the checksum, and are nobody's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal, NamedTuple

from stdnum.ru import inn as inn_number

from domain.bank.payment import Debtor, Due

OWN = ("40702810900000000001", "40702810200000000002")
DAY = date(2026, 11, 27)


class Dialect(NamedTuple):
    """How a bank writes: `parts` is how it parts a purpose, `payer` how it writes who paid, `first` what of a document comes first.

    `land` names the fields; `dates` are those of an incoming document; `empty` writes what is not said, too, and blank lines; `twice` tells
    each balance twice, the last day first; `last` are the bytes after the last line, `end` whether that is told.
    """

    name: str
    encoding: str
    label: str
    newline: str = "\r\n"
    point: str = "."
    parts: Literal["whole", "both", "only parts", "cut", "broken"] = "whole"
    payer: Literal["apart", "inn first", "both", "bare inn", "bare inn first"] = "apart"
    account: Literal["РасчСчет", "Счет", "both"] = "Счет"
    version: str = "1.02"
    first: Literal["number", "purpose"] = "number"
    days: bool = False
    spaces: bool = False
    bom: bool = False
    land: Literal["russia", "kazakhstan"] = "russia"
    dates: Literal["came", "went", "both", "none"] = "came"
    capitals: bool = False
    empty: bool = False
    twice: bool = False
    signed: bool = False
    end: str = "КонецФайла"
    last: bytes = b""

    @property
    def own(self) -> tuple[str, str]:
        return OWN if self.land == "russia" else (f"KZ{OWN[0][2:]}", f"KZ{OWN[1][2:]}")


DIALECTS = (
    Dialect("windows, all apart", "cp1251", "Windows"),
    Dialect("dos", "cp866", "DOS", payer="inn first"),
    Dialect("utf-8", "utf-8", "UTF-8", version="1.03", newline="\n", parts="both"),
    Dialect("utf-8 with a mark", "utf-8", "UTF-8", version="1.03", bom=True, account="both"),
    Dialect("utf-8 that says windows", "utf-8", "Windows", version="1.03", parts="only parts"),
    Dialect("windows that says dos", "cp1251", "DOS", point=","),
    Dialect("decimal commas", "cp1251", "Windows", point=",", spaces=True, payer="both"),
    Dialect("parts alone", "cp1251", "Windows", parts="only parts", account="РасчСчет"),
    Dialect("the whole cut short", "cp1251", "Windows", parts="cut", version="1.03"),
    Dialect("line breaks in purposes", "cp1251", "Windows", parts="broken", newline="\n"),
    Dialect("purpose first", "cp866", "DOS", first="purpose", newline="\r\n", days=True),
    Dialect("old ends of lines", "cp1251", "Windows", newline="\r", payer="inn first", days=True),
    Dialect("version 1.01", "cp1251", "Windows", version="1.01", account="both", empty=True),
    Dialect("inn, name", "cp1251", "Windows", version="1.03", payer="bare inn", parts="both", empty=True),
    Dialect("inn before the name alone", "utf-8", "Windows", payer="bare inn first", newline="\n"),
    Dialect("debited alone", "cp1251", "Windows", dates="went", account="both"),
    Dialect("debited and credited", "utf-8", "UTF-8", version="1.03", dates="both"),
    Dialect("balances twice", "cp1251", "Windows", version="1.03", days=True, twice=True),
    Dialect("no end", "cp1251", "Windows", end="", newline="\n"),
    Dialect("end in two words, of DOS", "cp866", "DOS", end="Конец файла", last=b"\x1a\x00\x00"),
    Dialect("two bytes a letter", "utf-16", "UTF-16", version="1.03"),
    Dialect("signed in its header", "cp1251", "Windows", version="1.01", signed=True),
    Dialect("Kazakhstan", "cp1251", "Windows", version="1.01", land="kazakhstan", dates="none"),
    Dialect(
        "Kazakhstan in capitals",
        "utf-8",
        "windows-1251",
        "\n",
        version="2.00",
        land="kazakhstan",
        capitals=True,
    ),
)


@dataclass
class Paper:
    """A document. `deal` is whose it is; `knowable`: what is written there and in the records says so for certain."""

    number: str
    on: date
    amount: Decimal
    purpose: str
    payer: str
    inn: str
    account: str
    way: Literal["in", "out", "own"] = "in"
    deal: str | None = None
    knowable: bool = True
    kind: str = ""

    def came(self, dialect: Dialect) -> date | None:
        """To our account: on a later day than it left the payer's, where a bank tells both."""
        if self.way != "in" or dialect.dates in ("went", "none"):
            return None
        return self.on + timedelta(days=1) if dialect.dates == "both" else self.on


@dataclass
class Books:
    """The open deals and the papers about them."""

    debtors: list[Debtor] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)


def an_inn(n: int) -> str:
    digits = f"9900{n % 100000:05}"
    return digits + str(inn_number.calc_company_check_digit(digits))


class Author:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._n = 100
        self.books = Books()

    def write(self, count: int) -> Books:
        kinds: tuple[tuple[Callable[[], None], int], ...] = (
            (self._numbered, 40),
            (self._by_a_third_party, 8),
            (self._only_deal, 12),
            (self._by_sum, 10),
            (self._several_of_one_deal, 5),
            (self._ambiguous, 3),
            (self._of_two_deals, 2),
            (self._unknown_invoice, 4),
            (self._strangers, 10),
            (self._outgoing, 4),
            (self._own, 2),
        )
        while len(self.books.papers) < count:
            [make] = self._random.choices([k for k, _ in kinds], [w for _, w in kinds])
            make()
        self._random.shuffle(self.books.papers)
        return self.books

    # --- what is paid -------------------------------------------------------------------------------------------------

    def _numbered(self) -> None:
        debtor, invoice = self._debtor()
        amount = self._random.choice([debtor.dues[0].outstanding, debtor.outstanding, self._sum()])
        self._paper(debtor, self._worded(invoice), amount)

    def _by_a_third_party(self) -> None:
        """A treasury, a lessor: another INN, a number with letters, or bare digits and the sum."""
        debtor, invoice = self._debtor()
        bare = invoice.isdigit()
        amount = debtor.dues[0].outstanding if bare else self._sum()
        self._paper(
            debtor, self._worded(invoice), amount, inn=an_inn(self._next()), payer="УФК по г. Образцу (ГБУЗ)"
        )

    def _only_deal(self) -> None:
        debtor, _ = self._debtor()
        self._paper(
            debtor,
            self._random.choice(WORDLESS),
            self._random.choice([debtor.dues[0].outstanding, debtor.outstanding]),
        )

    def _by_sum(self) -> None:
        one, _ = self._debtor()
        self._debtor(inn=one.inn)
        self._paper(one, self._random.choice(WORDLESS), one.dues[0].outstanding)

    def _several_of_one_deal(self) -> None:
        debtor, invoice = self._debtor(more=(other := f"ДП-{self._next()}",))
        self._paper(
            debtor,
            f"Оплата по счетам {invoice}, {other} от 25.11.2026. НДС не облагается",
            debtor.outstanding,
        )

    def _ambiguous(self) -> None:
        one, _ = self._debtor()
        self._debtor(inn=one.inn, dues=one.dues)
        self._paper(one, self._random.choice(WORDLESS), one.dues[0].outstanding, knowable=False)

    def _of_two_deals(self) -> None:
        (one, first), (_, second) = self._debtor(), self._debtor()
        self._paper(one, f"Оплата по счетам {first} и {second} за оборудование", self._sum(), knowable=False)

    def _unknown_invoice(self) -> None:
        """Of a deal that has closed."""
        debtor, _ = self._debtor()
        self._paper(None, self._worded(f"ЗК-{self._next()}"), self._sum(), inn=debtor.inn, knowable=False)

    def _strangers(self) -> None:
        self._debtor()
        purpose = self._random.choice(NOISE).format(n=self._next(), m=self._random.randint(100, self._n))
        self._paper(None, purpose, self._sum(), inn=an_inn(self._next()), knowable=False)

    def _outgoing(self) -> None:
        self._paper(
            None,
            "Налог на прибыль за 3 кв. 2026 г.",
            self._sum(),
            inn=an_inn(self._next()),
            way="out",
            knowable=False,
        )

    def _own(self) -> None:
        self._paper(
            None,
            "Перевод собственных средств. НДС нет",
            self._sum(),
            inn=an_inn(1),
            way="own",
            knowable=False,
        )

    # --- the makings --------------------------------------------------------------------------------------------------

    def _debtor(
        self, inn: str = "", dues: tuple[Due, ...] = (), more: tuple[str, ...] = ()
    ) -> tuple[Debtor, str]:
        n = self._next()
        invoice = self._random.choice(
            ["СЧ-{n}", "{n}", "ЦБ-{n:06}", "{n}/26", "УТ-{n}/1", "А{n}", "ИП-00{n}"]
        ).format(n=n)
        parts = dues or tuple(
            Due(line=line, outstanding=self._sum(), due_on=DAY)
            for line in range(1, self._random.randint(2, 4))
        )
        debtor = Debtor(
            deal=str(self._next()),
            client='ООО "Образец"',
            inn=inn or an_inn(self._next()),
            dues=parts,
            references=dict.fromkeys((invoice, *more), (1,)),
        )
        self.books.debtors.append(debtor)
        return debtor, invoice

    def _paper(self, debtor: Debtor | None, purpose: str, amount: Decimal, **more: Any) -> None:
        known: dict[str, Any] = {
            "number": str(self._random.randint(1, 999)),
            "on": DAY - timedelta(days=self._random.randint(0, 20)),
            "amount": amount,
            "purpose": purpose,
            "payer": 'ООО "Образец"',
            "inn": debtor.inn if debtor else "",
            "account": f"407028109{self._next():011}",
            "deal": debtor.deal if debtor else None,
            "kind": purpose[:12],
        }
        self.books.papers.append(Paper(**known | more))

    def _worded(self, invoice: str) -> str:
        purpose = self._random.choice(PURPOSES).format(n=self._spelt(invoice), d=self._date())
        return self._random.choice([purpose, purpose, purpose.upper(), purpose.lower()])

    def _spelt(self, invoice: str) -> str:
        """As people copy it: with Latin letters that look alike, with spaces."""
        latin = invoice.translate(str.maketrans("АВСЕНКМОРТУХ", "ABCEHKMOPTYX"))
        return self._random.choice([invoice, invoice, invoice, latin])

    def _date(self) -> str:
        return self._random.choice(["25.11.2026", "25.11.26", "25.11.2026 г.", "25 ноября 2026 г."])

    def _sum(self) -> Decimal:
        return Decimal(self._random.randint(10_000, 900_000_000)) / 100

    def _next(self) -> int:
        self._n += 1
        return self._n


PURPOSES = (
    "Оплата по счету № {n} от {d} за медицинское оборудование. В т.ч. НДС 22% - 180 327-87",
    "Оплата по счету №{n} от {d}, НДС не облагается",
    "оплата сч {n} от {d}",
    "Опл. по сч. {n} от {d} за УЗИ-сканер HS-50. НДС (10%) 113636.36",
    "Счет на оплату № {n} от {d}. Без НДС",
    "(VO10100) Предоплата 50% согласно счета N {n} от {d} по договору № 12-34/26 от 01.11.2026",
    "За расходные материалы, счёт {n}, сумма 1250000-00, в том числе НДС",
    "Авансовый платеж, инвойс {n} от {d}",
    "Доплата по счету {n}",
)
WORDLESS = (
    "Оплата за медицинское оборудование. В т.ч. НДС 22%",
    "Аванс 50% по договору поставки от 01.11.2026. НДС 22% - 3 333.33",
    "за товар, НДС не облагается",
    "Оплата за аппарат УЗИ, 2 шт.",
)
NOISE = (
    "Оплата аренды по договору № А-{n}/2024 за ноябрь 2026 г.",
    "Возмещение по УПД {m} от 20.11.2026",
    "Возврат излишне уплаченного по акту {m}",
    "Оплата по счет-фактуре {m} от 01.11.2026",
    "Проценты по вкладу за ноябрь 2026, {m} дней",
    "Взнос наличными",
    "За услуги связи, л/с {m}, лот {m}",
    "По договору № {m} от 11.02.2024",
)


# --- a bank writes it -------------------------------------------------------------------------------------------------


def written(papers: list[Paper], dialect: Dialect) -> bytes:
    """All that came and went, and totals that fit."""
    text = dialect.newline.join(_lines(papers, dialect)) + dialect.newline
    return (b"\xef\xbb\xbf" if dialect.bom else b"") + text.encode(dialect.encoding, "replace") + dialect.last


def _lines(papers: list[Paper], dialect: Dialect) -> Iterator[str]:
    yield from ("1CClientBankExchange", f"ВерсияФормата={dialect.version}", f"Кодировка={dialect.label}")
    yield from ("Клиент-Банк Образец",) if dialect.signed else ()
    yield from (
        "Отправитель=Образец-Банк",
        "Получатель=",
        "ДатаСоздания=28.11.2026",
        "ВремяСоздания=08:15:00",
    )
    yield from ("ДатаНачала=01.11.2026", "ДатаКонца=28.11.2026", f"РасчСчет={dialect.own[0]}")
    sections = [*_accounts(papers, dialect), *(list(_document(paper, dialect)) for paper in papers)]
    for first, *inside, last in sections:
        yield from ("",) if dialect.empty else ()
        yield _word(first, dialect)
        yield from inside
        yield _word(last, dialect)
    yield from (dialect.end,) if dialect.end else ()


def _word(line: str, dialect: Dialect) -> str:
    name, equals, value = line.partition("=")
    return (name.upper() if dialect.capitals else name) + equals + value


def _accounts(papers: list[Paper], dialect: Dialect) -> list[list[str]]:
    """The first account's is told day by day by some."""
    came = sum((p.amount for p in papers if p.way == "in"), Decimal())
    went = sum((p.amount for p in papers if p.way != "in"), Decimal())
    own = sum((p.amount for p in papers if p.way == "own"), Decimal())
    half = (came / 2).quantize(Decimal("0.01")) if dialect.days else came
    told, rest = [], Decimal("1000000000000.00")
    for day, part in enumerate((half, came - half) if dialect.days else (came,), 1):
        out = went if day == 1 else Decimal()
        told.append(list(_account(dialect.own[0], day, rest, part, out, dialect)))
        rest += part - out
    told.append(list(_account(dialect.own[1], 1, Decimal(), own, Decimal(), dialect)))
    return [*reversed(told), *told] if dialect.twice else told


def _account(
    own: str, day: int, rest: Decimal, came: Decimal, went: Decimal, dialect: Dialect
) -> Iterator[str]:
    yield from ("СекцияРасчСчет", f"ДатаНачала={day:02}.11.2026", "ДатаКонца=28.11.2026", f"РасчСчет={own}")
    yield f"НачальныйОстаток={_sum(rest, dialect)}"
    yield f"ВсегоПоступило={_sum(came, dialect)}"
    yield f"ВсегоСписано={_sum(went, dialect)}"
    yield f"КонечныйОстаток={_sum(rest + came - went, dialect)}"
    yield "КонецРасчСчет"


def _document(paper: Paper, dialect: Dialect) -> Iterator[str]:
    theirs = {"account": paper.account, "name": paper.payer, "inn": paper.inn}
    ours = {"account": dialect.own[0], "name": 'ООО "Образец-Мед"', "inn": "9900000017"}
    other = {**ours, "account": dialect.own[1]}
    payer, payee = {"in": (theirs, ours), "out": (ours, theirs), "own": (ours, other)}[paper.way]
    purpose = list(_purpose(paper.purpose, dialect))
    if dialect.land == "kazakhstan":
        yield from _of_kazakhstan(paper, payer, payee, purpose, dialect)
        return
    head = [
        f"Номер={paper.number}",
        f"Дата={paper.on:%d.%m.%Y}",
        f"Сумма={_sum(paper.amount, dialect)}",
    ]
    went, came = _days(paper, dialect)
    dates = [
        f"ДатаСписано={went:%d.%m.%Y}" if went else "ДатаСписано=",
        f"ДатаПоступило={came:%d.%m.%Y}" if came else "ДатаПоступило=",
    ]
    parties = [*_party("Плательщик", payer, dialect), *_party("Получатель", payee, dialect)]
    yield "СекцияДокумент=Платежное поручение"
    if dialect.first == "purpose":
        yield from (*purpose, *parties, *dates, *head)
    else:
        yield from (*head, *dates, *parties, "ВидПлатежа=Электронно", "Очередность=5", *purpose)
    if dialect.empty:
        yield from ("Код=", "ПоказательКБК=", *(f"НазначениеПлатежа{n}=" for n in range(3, 7)))
    yield "КонецДокумента"


def _days(paper: Paper, dialect: Dialect) -> tuple[date | None, date | None]:
    """On which it left the payer's account, and on which it came to ours."""
    if paper.way == "in":
        return paper.on if dialect.dates in ("went", "both") else None, paper.came(dialect)
    return paper.on, paper.on if paper.way == "own" else None


def _of_kazakhstan(
    paper: Paper, payer: dict[str, str], payee: dict[str, str], purpose: list[str], dialect: Dialect
) -> Iterator[str]:
    yield "СекцияДокумент=Выписка"
    yield from ("ВидДокумента=ПлатежноеПоручение", f"ДатаОперации={paper.on:%d.%m.%Y}")
    yield f"{'СуммаПриход' if paper.way == 'in' else 'СуммаРасход'}={_sum(paper.amount, dialect)}"
    yield from (f"НомерДокумента={paper.number}", f"ДатаДокумента={paper.on:%d.%m.%Y}", "Валюта=RUB")
    for whose, party in (("Плательщик", payer), ("Получатель", payee)):
        yield from (f"{whose}Наименование={party['name']}", f"{whose}БИН_ИИН={party['inn']}")
        yield from (f"{whose}КБЕ=17", f"{whose}ИИК={party['account']}", f"{whose}БанкБИК=OBRAKZKA")
    yield from (*purpose, "КодНазначенияПлатежа=710", "КонецДокумента")


def _party(whose: str, party: dict[str, str], dialect: Dialect) -> Iterator[str]:
    inn, name = party["inn"], party["name"]
    named = {"apart": name, "bare inn": f"{inn}, {name}", "bare inn first": f"{inn} {name}"}
    yield f"{whose}={named.get(dialect.payer, f'ИНН {inn} {name}')}"
    if dialect.payer not in ("inn first", "bare inn first"):
        yield f"{whose}ИНН={inn}"
    if dialect.payer in ("both", "bare inn"):
        yield f"{whose}1={name}"
    if dialect.empty:
        yield from (f"{whose}2={party['account']}", f"{whose}3=ФИЛИАЛ ОБРАЗЕЦ-БАНКА", f"{whose}4=")
    if dialect.account in ("Счет", "both"):
        yield f"{whose}Счет={party['account']}"
    if dialect.account in ("РасчСчет", "both"):
        yield f"{whose}РасчСчет={party['account']}"
    yield f"{whose}БИК=044525999"


def _purpose(purpose: str, dialect: Dialect) -> Iterator[str]:
    words = purpose.split(" ")
    half = len(words) // 2
    first, second = " ".join(words[:half]), " ".join(words[half:])
    match dialect.parts:
        case "whole":
            yield f"НазначениеПлатежа={purpose}"
        case "both":
            yield from (
                f"НазначениеПлатежа={purpose}",
                f"НазначениеПлатежа1={first}",
                f"НазначениеПлатежа2={second}",
            )
        case "only parts":
            yield from (f"НазначениеПлатежа1={first}", f"НазначениеПлатежа2={second}")
        case "cut":
            yield from (
                f"НазначениеПлатежа={first}",
                f"НазначениеПлатежа1={first}",
                f"НазначениеПлатежа2={second}",
            )
        case "broken":
            yield from (f"НазначениеПлатежа={first}", second)


def _sum(amount: Decimal, dialect: Dialect) -> str:
    written = f"{amount:,.2f}".replace(",", " ") if dialect.spaces else f"{amount:.2f}"
    return written.replace(".", dialect.point)
