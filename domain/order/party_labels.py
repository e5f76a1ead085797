"""What people call the fields of who buys, pays and gets the goods."""

from domain.words import Text

PARTY_LABELS = {
    "payer": Text(ru="плательщик", en="payer"),
    "consignee": Text(ru="грузополучатель", en="consignee"),
}
FIRM_LABELS = {
    "country": Text(ru="страна", en="country"),
    "inn": Text(ru="ИНН", en="INN"),
    "tax_number": Text(ru="номер в своей стране (УНП, БИН)", en="number in its country (UNP, BIN)"),
    "kpp": Text(ru="КПП", en="KPP"),
}
DELIVERY_ADDRESS = Text(ru="адрес доставки", en="delivery address")
_OF_PARTIES = FIRM_LABELS | {
    "address": Text(ru="адрес", en="address"),
    "email": Text(ru="почта", en="e-mail"),
}


def party_fields() -> dict[str, Text]:
    """Each field of each party, by its place under the client."""
    of_them = {
        f"{role}.{field}": Text(ru=f"{party.ru}, {label.ru}", en=f"{party.en}, {label.en}")
        for role, party in PARTY_LABELS.items()
        for field, label in _OF_PARTIES.items()
    }
    return {f"{role}.name": label for role, label in PARTY_LABELS.items()} | of_them
