"""What people call the fields of a good, in an order's file, on a card and in an offer's changes."""

from domain.words import Text

GOOD_LABELS: dict[str, Text] = {
    "registration_certificate": Text(ru="регистрационное удостоверение", en="registration certificate"),
    "certified_on": Text(ru="дата удостоверения", en="date of the certificate"),
    "certified_until": Text(ru="удостоверение действует до", en="certificate valid until"),
    "medical_device": Text(ru="медицинское изделие", en="medical device"),
    "after": Text(ru="после поставки позиции", en="after the delivery of line"),
    "okpd2": Text(ru="код ОКПД2", en="OKPD2 code"),
    "tracking": Text(ru="учёт", en="tracking"),
    "warranty_months": Text(ru="гарантия, месяцев", en="warranty, months"),
    "deliver_by": Text(ru="поставка не позднее", en="to be delivered by"),
    "deliver_within": Text(ru="срок поставки", en="delivery term"),
    "deliver_from": Text(ru="срок поставки считать", en="delivery term counted from"),
    "availability": Text(ru="наличие", en="availability"),
}
"""Those that have one name everywhere: prices and terms are named by what is said of them."""
