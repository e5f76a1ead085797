"""The command line's help in Russian, by the English words that stand at the commands and options themselves."""

HELP = {
    "Dealwright, the durable deal desk: start deals, see what blocks them, and do what they wait for.": (
        "Dealwright — стол сделок: начать сделку, увидеть, что её держит, и сделать то, чего она ждёт."
    ),
    "Exit codes: 0 ok · 1 failed · 2 usage or bad input file · 3 not found · 4 refused · 5 Temporal unreachable · "
    "75 try again later (bounced: a mail server keeps the mail) · 130 interrupted.": (
        "Коды выхода: 0 — сделано · 1 — не вышло · 2 — ошибка в команде или в файле · 3 — не найдено · 4 — отказано · "
        "5 — Temporal недоступен · 75 — повторите позже (bounced: почтовый сервер оставит письмо у себя) · 130 — прервано."
    ),
    "print it, and leave": "показать версию и выйти",
    "Install completion for the current shell.": "Установить автодополнение для этой оболочки.",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "Показать автодополнение для этой оболочки, чтобы скопировать или изменить его."
    ),
    "Show this message and exit.": "Показать эту справку и выйти.",
    # run
    "Temporal with its Web UI, a worker and the web, until Ctrl-C. The state stays in DEALWRIGHT_HOME.": (
        "Temporal с его Web UI, обработчик и веб, до Ctrl-C. Состояние остаётся в DEALWRIGHT_HOME."
    ),
    "how long a day lasts, for trying out": "сколько длится день, чтобы попробовать",
    "A real deal of three goods, from lead to paid, in under two minutes, in a home of its own.": (
        "Настоящая сделка с тремя товарами, от заявки до оплаты, меньше чем за две минуты, в отдельной папке."
    ),
    "where the deal is entered; bitrix24: a double of a portal": "где заводится сделка; bitrix24: двойник портала",
    "for people or for programs": "для людей или для программ",
    "language of what people read": "язык того, что читают люди",
    "Is everything there, does everything move, and if not, what to do.": (
        "Всё ли на месте и всё ли движется, а если нет, то что делать."
    ),
    "Webhooks, the lead form and the pages of signed links, until Ctrl-C. `deal up` runs it too.": (
        "Вебхуки, форма заявки и страницы по подписанным ссылкам, до Ctrl-C. `deal up` запускает и это."
    ),
    "where to listen: DEALWRIGHT_WEB_HOST": "где слушать: DEALWRIGHT_WEB_HOST",
    "DEALWRIGHT_WEB_PORT; 0 takes any": "DEALWRIGHT_WEB_PORT; 0 — любой свободный",
    # look
    "Deals, the newest first.": "Сделки, новые первыми.",
    "NEW, CONTRACT_APPROVAL, … PAID, or as it is shown": "NEW, CONTRACT_APPROVAL, … PAID или так, как она показана",
    "a person or a role": "человек или роль",
    "in client, lines, wish": "в клиенте, позициях, запросе",
    "the last deal of the page before": "последняя сделка предыдущей страницы",
    "A deal's life: stages passed and to come, each line on its route, what blocks, what is due.": (
        "Жизнь сделки: пройденные и будущие стадии, каждая позиция на своём пути, что мешает и к какому сроку."
    ),
    "the deal's number": "номер сделки",
    "keep it live until the deal closes or Ctrl-C": "обновлять, пока сделка не закроется, или до Ctrl-C",
    "print where to see it in a browser": "показать, где открыть её в браузере",
    "Why a deal can't move yet: a sentence for each thing that blocks.": (
        "Почему сделка пока не может идти дальше: по предложению на каждую помеху."
    ),
    "What a person has to do, decide, sign or pay, and what was escalated to them, over all deals, the most urgent first.": (
        "Что человеку сделать, решить, подписать или оплатить и о чём ему сообщили по всем сделкам, самое срочное первым."
    ),
    "who acts: a person of the playbook, client, or a role that one person holds": (
        "кто действует: человек из списка людей, client или роль, которая есть у одного"
    ),
    "everybody's": "за всех",
    "A deal's audit trail: who did what, when and why. What only reminds again is folded into one line.": (
        "История сделки: кто, что, когда и почему сделал. Повторные напоминания сложены в одну строку."
    ),
    "only what came later": "только то, что было позже",
    "go on until Ctrl-C": "продолжать до Ctrl-C",
    "say whether the chain of facts is whole; exit code 1 if not": (
        "сказать, цела ли цепочка записей; если нет, код выхода 1"
    ),
    "only of these kinds: approval, milestone.paid; repeat it": (
        "только записи этих видов: approval, milestone.paid; можно повторять"
    ),
    "only what this person did": "только то, что сделал этот человек",
    "only of this line": "только об этой позиции",
    "only from this day on": "только начиная с этого дня",
    "a line for each reminder, however often it was repeated": "отдельная строка на каждое напоминание",
    "What would become of an order: its timeline if everybody keeps to the playbook. Nothing outside is touched.": (
        "Что стало бы с заказом: его сроки, если все действуют по регламенту. Снаружи ничего не меняется."
    ),
    "an order file: YAML or JSON; - is stdin": "файл заказа: YAML или JSON; - — стандартный ввод",
    "stretch the lead times of roles or people: manager=2,client=1.5": (
        "растянуть сроки ролей или людей: manager=2,client=1.5"
    ),
    "another playbook than that in force": "другой регламент, не действующий",
    "the first day, like 01.12.2026; today if absent": "первый день, как 01.12.2026; если не указан, сегодня",
    # act
    "The most urgent question of a person, asked at the terminal; then the next, until none is left.": (
        "Самый срочный вопрос человека прямо в терминале; потом следующий, пока вопросы не кончатся."
    ),
    "of this deal only": "только по этой сделке",
    "everybody's: each answers in the name of whom it asks": "за всех: каждый ответ — от имени того, кого спрашивают",
    "Start a deal from an order file; without `lines` the file is a lead. Prints the deal's number.": (
        "Начать сделку по файлу заказа; файл без `lines` — заявка. Печатает номер сделки."
    ),
    "Change what is offered, before the contract is agreed by all: lines, prices, terms, the client's data. It is put to approval anew.": (
        "Изменить предложение, пока договор не согласован всеми: позиции, цены, условия, данные клиента. Оно снова уходит на согласование."
    ),
    "the whole offer, as an order file; - is stdin": "предложение целиком, как файл заказа; - читает стандартный ввод",
    "one field of it, like `line-2.unit_price=475000.00` or `lines[1].quantity=3`; may be repeated": (
        "одно поле, например `line-2.unit_price=475000.00` или `lines[1].quantity=3`; можно несколько раз"
    ),
    "what those who approve should know of it": "что о нём стоит знать тем, кто согласует",
    "refuse if another version is the latest": "отказать, если последняя версия уже другая",
    "Compose a lead's order from an order file, checked against the deal's own playbook.": (
        "Составить заказ заявки по файлу; он сверяется с регламентом этой сделки."
    ),
    "the message's own id: repeating it with the same content is safe": (
        "собственный номер сообщения: повторить его с тем же содержанием безопасно"
    ),
    "An assignment is done: answer its form. Without any --field it is asked at a terminal.": (
        "Задание выполнено: заполнить его форму. Без --field вопросы задаются в терминале."
    ),
    "as `deal show` names it: line-1:acceptance; its end will do": (
        "как его называет `deal show`: line-1:acceptance; хватит и конца"
    ),
    "an answer of its form; repeat it. With --lines, 2:NAME=VALUE is for line 2 alone": (
        "ответ на поле формы; можно повторять. С --lines 2:NAME=VALUE — только для позиции 2"
    ),
    "the same of several lines, or all, at once": "то же сразу для нескольких позиций или для всех",
    "Answer an approval. Of an offer that has changed since its first version say --version: the vote is on what was shown.": (
        "Ответить на согласование. О предложении, которое с первой версии изменилось, скажите --version: ответ — на то, что показано."
    ),
    "Change what is agreed: lines, quantities, prices, terms. Who loses or pays agrees first; running lines follow, each by its rule.": (
        "Изменить согласованное: позиции, количество, цены, условия. Сначала соглашается тот, кто теряет или платит; затем меняются и позиции в работе."
    ),
    "the whole order as it is to be; - is stdin": "заказ целиком, каким он должен стать; - читает стандартный ввод",
    "a line to take out; may be repeated": "какую позицию убрать; можно несколько раз",
    "only say what would follow, and send nothing": "только показать, что из этого следует, и ничего не отправлять",
    "only this line: an amendment that takes it out": "только эту позицию: изменение, которое её убирает",
    "Before you decide: ask the deal's manager. The deadline stays; you are told the answer.": (
        "Прежде чем решить — спросить менеджера сделки. Срок остаётся прежним, ответ вам сообщат."
    ),
    "what you want to know": "что вы хотите узнать",
    "as `deal show` names it: contract": "как его называет `deal show`: contract",
    "yes, or no with a --comment": "да или нет с --comment",
    "the same": "то же",
    "why; a rejection needs it": "почему; при отказе обязательно",
    "refuse if another version is asked about": "отказать, если на согласовании другая версия",
    "Money came. Give the bank's own number as --id, or the payment order as --account and --document: it counts once.": (
        "Пришли деньги. Укажите номер платежа из банка (--id) или платёжное поручение (--account и --document): оно учитывается один раз."
    ),
    "who paid": "кто заплатил",
    "their INN": "его ИНН",
    "the account it was paid from": "счёт, с которого заплатили",
    "the payment order's number": "номер платёжного поручения",
    "and its date; the value date if absent": "и его дата; если не указана, дата платежа",
    "like 1250000.00 or 1 250 000,00; all of --for if absent": (
        "как 1250000.00 или 1 250 000,00; если не указана, всё, что в --for"
    ),
    "like RUB; what the deal is paid in if absent": "как RUB; если не указана, та, в которой платят по сделке",
    "when it left the payer's account; the value date if absent": "дата списания со счёта плательщика; если не указана, дата платежа",
    "the line it is for; by due dates if absent": "за какую позицию; если не указана, по срокам оплаты",
    "what it pays, instead of --line: line-1:balance": "что оплачено, вместо --line: line-1:balance",
    "value date; today if absent": "дата поступления; если не указана, сегодня",
    "what the payer wrote": "назначение платежа",
    "A document is signed, or handed over; with --ready all that can be.": (
        "Документ подписан или передан клиенту; с --ready — все, какие уже можно."
    ),
    "whose signature it is; one's own, or all that are missing, if absent": (
        "чья это подпись; если не указана, своя или все, которых не хватает"
    ),
    "The client does not sign a document. Its manager says what is done; nobody is reminded of it meanwhile.": (
        "Клиент не подписывает документ. Менеджер решает, что дальше; до тех пор о подписи не напоминают."
    ),
    "why; the manager reads it": "почему; это прочтёт менеджер",
    "a part is accepted: the reason says what": "принято частично: что именно, говорит причина",
    "The director lets goods be ordered and shipped before a document is signed that they would wait for.": (
        "Директор разрешает заказывать и отгружать до подписи документа, которой товар ждал бы."
    ),
    "as `deal show` names it: line-1:upd": "как его называет `deal show`: line-1:upd",
    "all that is ready and that this person may sign": "всё, что готово и что этот человек может подписать",
    "of those that are ready, this line's": "из готовых — только этой позиции",
    "the date on the paper; today if absent": "дата на документе; если не указана, сегодня",
    "A file of a document: the contract, a UPD, a scan. It is on the deal's page, and in the CRM's card.": (
        "Файл документа: договор, УПД, скан. Он виден на странице сделки и в карточке в CRM."
    ),
    "PDF, DOCX, XLSX, JPG, PNG, TIF, XML and the like, up to 10 MB": (
        "PDF, DOCX, XLSX, JPG, PNG, TIF, XML и подобное, до 10 МБ"
    ),
    "Hand a deal, with all its manager's open assignments, to another manager; or all that is asked of another role in it, as logistics.": (
        "Передать сделку со всеми открытыми заданиями её менеджера другому менеджеру."
    ),
    "who takes over": "кто принимает",
    "of another role than the manager's": "не менеджера, а другой роли",
    "Call a deal off, or one line of it. Once goods are on their way the director must approve.": (
        "Отменить сделку или одну позицию. Когда товар уже в пути, нужно согласие директора."
    ),
    "why; it stays on record": "почему; причина останется в истории",
    "the line's number": "номер позиции",
    "when the supplier has the goods ready": "когда товар будет готов у поставщика",
    "when goods that are under way arrive": "когда прибудет груз, который уже в пути",
    "A supplier or a carrier has named another day: deadlines and the forecast of the delivery move.": (
        "Поставщик или перевозчик назвал другой день: сдвигаются сроки и прогноз поставки."
    ),
    # keep
    "Let a deal go on whose process was stopped in Temporal. Safe to repeat: one that runs stays as it is.": (
        "Пустить дальше сделку, процесс которой остановили в Temporal. Повторять безопасно: идущую это не тронет."
    ),
    "Fill the records again from Temporal. Safe while deals go on; nothing is deleted.\n\n"
    "A deal that can't be told again is named, and the others go on; the exit code is 1 then.": (
        "Заново заполнить записи из Temporal. Сделкам это не мешает; ничего не удаляется.\n\n"
        "Сделка, которую пересказать не удалось, будет названа, остальные пойдут дальше; код выхода тогда 1."
    ),
    "What came from the CRM, the site, the bank and mail, and what became of it.": (
        "Что пришло из CRM, с сайта, из банка и почты и что с этим стало."
    ),
    "only those that stand so": "только в этом состоянии",
    "only those of a deal": "только по этой сделке",
    "only those from there": "только оттуда",
    "how many, the newest first": "сколько, новые первыми",
    "only older ones: the next page": "только более старые: следующая страница",
    "one whole, with its body": "одно целиком, с телом",
    "hand one on once more": "передать одно ещё раз",
    "Mail that came back: its deal hears that an address does not work. For a mail server's pipe.": (
        "Вернувшееся письмо: сделка узнает, что адрес не работает. Для конвейера почтового сервера."
    ),
    "a mail that came back; - is stdin": "вернувшееся письмо; - — стандартный ввод",
    "Money nobody knows: what came, from whom, why no deal took it, and which it may be for.": (
        "Деньги неизвестно за что: что пришло, от кого, почему ни одна сделка их не взяла и за какую они могут быть."
    ),
    "Money nobody knows is this deal's. Repeated it is safe.": "Эти деньги — этой сделки. Повторить безопасно.",
    "Money nobody knows is no deal's: it is set aside, and stays on record.": (
        "Эти деньги ни к одной сделке не относятся: они отложены и остаются в учёте."
    ),
    "A bank's statement: whose each payment is and why, and with --apply into the deals. Repeated and overlapping files are safe.": (
        "Выписка банка: чей каждый платёж и почему, а с --apply — в сделки. Повторять и грузить внахлёст безопасно."
    ),
    "a statement for 1C: 1CClientBankExchange; - is stdin": "выписка в обменном формате 1С; - — стандартный ввод",
    "do it; without it is only shown": "сделать; без неё только показать",
    "the payment, as `deal money unmatched` names it": "платёж, как он назван в `deal money unmatched`",
    "payments, as `deal money unmatched` names them": "платежи, как они названы в `deal money unmatched`",
    "A deal's money, kopeck by kopeck (deal money N), and how it is put right.": (
        "Деньги сделки до копейки (`deal money N`) и как их исправить."
    ),
    "What came, where each kopeck stands, what is free, and what is owed by when.": (
        "Что пришло, где стоит каждая копейка, что свободно и что причитается к какому сроку."
    ),
    "The small rest of a line's last payment is forgiven, as far as the playbook lets it be.": (
        "Списать небольшую недостачу последнего платежа позиции, насколько позволяет регламент."
    ),
    "the line whose last payment is short of it": "позиция, где её не хватает до последнего платежа",
    "The bank took a payment back: what it had paid is to be paid again.": (
        "Банк отозвал платёж: оплаченное им нужно оплатить снова."
    ),
    "its own number, as it was entered": "его номер, как он был внесён",
    "value date, like 01.12.2026; today if absent": "дата, как 01.12.2026; если не указана, сегодня",
    "A part of a line goes on by itself, as a new line with the same price and terms: it came, or may ship first.": (
        "Часть позиции идёт дальше сама, новой позицией с той же ценой и условиями: она пришла или её можно отгрузить раньше."
    ),
    "how much becomes the new line, like 2 or 2.5": "сколько станет новой позицией, например 2 или 2,5",
    "Money of a payment is for another line, an advance, or another deal.": (
        "Деньги платежа — за другую позицию, аванс или другую сделку."
    ),
    "the deal that gets what is free; --line is then one of its lines": (
        "сделка, которой отдают свободное; `--line` тогда — её позиция"
    ),
    "the line it is for; an advance if absent": "за какую позицию; если не указана, аванс",
    "like 1000.00; all that can be if absent": "как 1000.00; если не указана, всё, что можно",
    "An advance is to go back to the client: it is put aside, and the accountant is asked for the outgoing payment.": (
        "Аванс нужно вернуть клиенту: деньги откладывают, и бухгалтера спрашивают об исходящем платеже."
    ),
    "like 500.50; all of the advance if absent": "как 500.50; если не указана, весь аванс",
    "The company's reference books: people, payment types, forms, deadlines.": (
        "Справочники компании: люди, виды оплаты, формы, сроки."
    ),
    "What deals that start now would live by.": "По чему жила бы сделка, начатая сейчас.",
    "Whether a file is a playbook: every problem with its place. So with the register of goods, goods.csv beside it.": (
        "Годится ли файл как регламент: каждая ошибка со своим местом. Так же проверяется и справочник товаров, `goods.csv` рядом."
    ),
    "a playbook file": "файл регламента",
    "Who works here today: roles, substitutes, addresses. Running deals follow.": (
        "Кто сегодня работает: роли, замещения, адреса. Идущие сделки следуют за этим."
    ),
    "Who works here, in which roles, who stands in for whom: the file in force.": (
        "Кто работает, в каких ролях и кто кого замещает: действующий файл."
    ),
    "Whether people can work by the playbook in force: every problem with its place.": (
        "Могут ли люди работать по действующему регламенту: каждая ошибка со своим местом."
    ),
    "a people's file; that in force if absent": "файл людей; если не указан, действующий",
    "Check a people's file, put it in force, and tell every running deal. Safe to run again.": (
        "Проверить файл людей, ввести его в действие и сообщить всем идущим сделкам. Повторять безопасно."
    ),
    "a director, or whoever runs the desk (operator)": "директор или тот, кто обслуживает стол (operator)",
    "The Bitrix24 portal behind the desk: set it up, and check it.": (
        "Портал Bitrix24 за столом: настроить и проверить."
    ),
    "Builds the funnel, fields, lines and reference books in the portal; what is there already stays.": (
        "Создаёт в портале воронку, поля, позиции и справочники; что уже есть, остаётся."
    ),
    "say what would be done, and change nothing": "сказать, что было бы сделано, и ничего не менять",
    "What the portal lacks, or what people renamed there; exit code 1 if the desk could not work.": (
        "Чего не хватает в портале или что там переименовали; код выхода 1, если стол не смог бы работать."
    ),
    "Makes one thing of each kind in a trial portal, compares what the portal did with what the desk expects, and removes it.\n\n"
    "Exit code 1 if the desk could not work there, or something could not be removed.": (
        "Создаёт в пробном портале по одному всего, с чем работает стол, сравнивает, что вышло, с тем, чего он ждёт, и удаляет.\n\n"
        "Код выхода 1, если стол там не смог бы работать или что-то не удалось удалить."
    ),
    "do not ask first": "не спрашивать",
    "write the report to this file too, as Markdown": "записать отчёт и в этот файл",
    "leave it running afterwards, to look around, until Ctrl-C": (
        "оставить запущенным, чтобы осмотреться, до Ctrl-C"
    ),
    "What was entered is wrong: give the right values. Both stay on record, and what follows is worked out anew.": (
        "Внесено неверно: укажите верные значения. В истории останутся и те и другие, а всё, что отсюда следует, пересчитается."
    ),
    "what was answered, signed or paid: line-1:shipment, line-1:upd, a payment's number": (
        "что отвечено, подписано или оплачено: line-1:shipment, line-1:upd, номер платежа"
    ),
    "the right value; repeat it. Of a document `signed_on`, of a payment `amount`, `date`, `line`, `purpose`, of a lot `lots[L-2].expires_on`": (
        "верное значение; можно несколько. У документа `signed_on`, у платежа `amount`, `date`, `line`, `purpose`, у партии `lots[П-2].expires_on`"
    ),
    "Move an open deadline. Further than the playbook lets it the director is asked.": (
        "Перенести открытый срок. Дальше, чем позволяет регламент, переносят с согласия директора."
    ),
    "as `deal show` names what is open: line-1:dispatch": "как в `deal show` названо открытое: line-1:dispatch",
    "the new last day, like 01.12.2026": "новый последний день, например 01.12.2026",
    "The director has seen what is overdue: nobody is told of it again until that day.": (
        "Директор видел просроченное: до этого дня о нём больше никому не сообщают."
    ),
    "the day on which to hear of it again": "день, когда напомнить снова",
    "as `deal show` names them; all that was escalated if absent": (
        "как их называет `deal show`; если не указано, всё, о чём сообщено директору"
    ),
    "for the record": "для истории",
    "also the schedule's looks at the CRM that found nothing to do": (
        "и плановые сверки с CRM, в которых делать было нечего"
    ),
    "take back the amendment that is put to approval": "отозвать изменение, которое на согласовании",
    "also where the file in force is one that git tracks": "и тогда, когда действующий файл лежит в git",
}

PANELS = {"Run": "Запустить", "Look": "Посмотреть", "Act": "Сделать", "Keep": "Обслужить"}
