"""The client whom the probe makes: of a region of the tax service that does not exist, so that no portal knows them."""

INN = "9900000017"
CLIENT = {
    "client": "Dealwright probe",
    "inn": INN,
    "kpp": "990001001",
    "ogrn": "1999900000017",
    "contact": "Анна Петровна Пробная",
    "email": "probe@dealwright.example",
    "phone": "+7 999 000-00-17",
}
SPELT_OTHERWISE = "8(999)0000017"
"""The same phone."""
NAME = {"name": "Анна", "secondName": "Петровна", "lastName": "Пробная"}
