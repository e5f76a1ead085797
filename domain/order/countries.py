"""Countries by their codes (ISO 3166-1 alpha-2): any may be written, those that buyers mostly come from have their names here."""

import re

from domain.words import Text, same

COUNTRIES = {
    "RU": Text(ru="Россия", en="Russia"),
    "BY": Text(ru="Беларусь", en="Belarus"),
    "KZ": Text(ru="Казахстан", en="Kazakhstan"),
    "AM": Text(ru="Армения", en="Armenia"),
    "KG": Text(ru="Киргизия", en="Kyrgyzstan"),
    "AZ": Text(ru="Азербайджан", en="Azerbaijan"),
    "GE": Text(ru="Грузия", en="Georgia"),
    "MD": Text(ru="Молдавия", en="Moldova"),
    "TJ": Text(ru="Таджикистан", en="Tajikistan"),
    "TM": Text(ru="Туркмения", en="Turkmenistan"),
    "UZ": Text(ru="Узбекистан", en="Uzbekistan"),
    "MN": Text(ru="Монголия", en="Mongolia"),
    "RS": Text(ru="Сербия", en="Serbia"),
    "TR": Text(ru="Турция", en="Türkiye"),
    "CN": Text(ru="Китай", en="China"),
    "HK": Text(ru="Гонконг", en="Hong Kong"),
    "IN": Text(ru="Индия", en="India"),
    "IR": Text(ru="Иран", en="Iran"),
    "IQ": Text(ru="Ирак", en="Iraq"),
    "SY": Text(ru="Сирия", en="Syria"),
    "IL": Text(ru="Израиль", en="Israel"),
    "AE": Text(ru="ОАЭ", en="United Arab Emirates"),
    "SA": Text(ru="Саудовская Аравия", en="Saudi Arabia"),
    "QA": Text(ru="Катар", en="Qatar"),
    "EG": Text(ru="Египет", en="Egypt"),
    "DZ": Text(ru="Алжир", en="Algeria"),
    "ET": Text(ru="Эфиопия", en="Ethiopia"),
    "NG": Text(ru="Нигерия", en="Nigeria"),
    "ZA": Text(ru="ЮАР", en="South Africa"),
    "VN": Text(ru="Вьетнам", en="Vietnam"),
    "ID": Text(ru="Индонезия", en="Indonesia"),
    "MY": Text(ru="Малайзия", en="Malaysia"),
    "TH": Text(ru="Таиланд", en="Thailand"),
    "SG": Text(ru="Сингапур", en="Singapore"),
    "KR": Text(ru="Республика Корея", en="Republic of Korea"),
    "KP": Text(ru="КНДР", en="DPR Korea"),
    "JP": Text(ru="Япония", en="Japan"),
    "CU": Text(ru="Куба", en="Cuba"),
    "VE": Text(ru="Венесуэла", en="Venezuela"),
    "BR": Text(ru="Бразилия", en="Brazil"),
    "DE": Text(ru="Германия", en="Germany"),
    "AT": Text(ru="Австрия", en="Austria"),
    "CH": Text(ru="Швейцария", en="Switzerland"),
    "IT": Text(ru="Италия", en="Italy"),
    "FR": Text(ru="Франция", en="France"),
    "ES": Text(ru="Испания", en="Spain"),
    "NL": Text(ru="Нидерланды", en="Netherlands"),
    "GB": Text(ru="Великобритания", en="United Kingdom"),
    "US": Text(ru="США", en="United States"),
    "FI": Text(ru="Финляндия", en="Finland"),
    "LV": Text(ru="Латвия", en="Latvia"),
    "LT": Text(ru="Литва", en="Lithuania"),
    "EE": Text(ru="Эстония", en="Estonia"),
    "PL": Text(ru="Польша", en="Poland"),
    "CZ": Text(ru="Чехия", en="Czechia"),
    "HU": Text(ru="Венгрия", en="Hungary"),
    "BG": Text(ru="Болгария", en="Bulgaria"),
}


def code_of(country: str) -> str | None:
    """Of a code, or a name as people write it; none where it is neither."""
    said = country.strip()
    if re.fullmatch(r"[A-Za-z]{2}", said):
        return said.upper()
    return next((code for code, name in COUNTRIES.items() if said.casefold() in _spelt(name)), None)


def _spelt(name: Text) -> tuple[str, str]:
    return name.ru.casefold(), name.en.casefold()


def country_name(code: str) -> Text:
    return COUNTRIES.get(code) or same(code)
