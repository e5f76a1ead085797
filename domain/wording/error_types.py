"""The words of pydantic's errors, by its name of each; the blanks are what it says of the limit."""

from domain.words import Text

EMPTY = Text(ru="пусто", en="is empty")
UNFIT = Text(ru="такое значение не подходит", en="this value does not fit")
_TYPES = {
    "missing": Text(ru="не заполнено", en="is missing"),
    "extra_forbidden": Text(ru="такого поля нет", en="no such field"),
    "string_type": Text(ru="нужен текст: возьмите его в кавычки", en="text is needed: put it in quotes"),
    "string_unicode": Text(ru="это не текст в Unicode", en="not valid Unicode text"),
    "string_too_short": Text(ru="нужно не меньше {min_length} знаков", en="at least {min_length} characters are needed"),
    "string_too_long": Text(ru="длиннее {max_length} знаков", en="longer than {max_length} characters"),
    "string_pattern_mismatch": Text(ru="неверный вид", en="not in the right form"),
    "string_not_ascii": Text(ru="нужны только латинские буквы, цифры и знаки", en="only ASCII characters are allowed"),
    "enum": Text(ru="нужно одно из: {expected}", en="one of {expected} is needed"),
    "model_type": Text(ru="нужны поля с их значениями", en="fields with their values are needed"),
    "list_type": Text(ru="нужен список", en="a list is needed"),
    "too_short": Text(ru="нужно не меньше {min_length}", en="at least {min_length} are needed"),
    "too_long": Text(ru="больше {max_length}", en="more than {max_length}"),
    "set_item_not_hashable": Text(ru="в списке нужны простые значения", en="the list must hold plain values"),
    "bool_type": Text(ru="нужно true или false", en="true or false is needed"),
    "int_type": Text(ru="нужно целое число", en="a whole number is needed"),
    "int_parsing_size": Text(ru="слишком большое число", en="the number is too large"),
    "float_type": Text(ru="нужно число, например 250,50", en="a number is needed, like 250.50"),
    "greater_than": Text(ru="должно быть больше {gt}", en="must be greater than {gt}"),
    "greater_than_equal": Text(ru="должно быть не меньше {ge}", en="must be {ge} or more"),
    "less_than": Text(ru="должно быть меньше {lt}", en="must be less than {lt}"),
    "less_than_equal": Text(ru="должно быть не больше {le}", en="must be {le} or less"),
    "multiple_of": Text(ru="должно делиться на {multiple_of}", en="must be a multiple of {multiple_of}"),
    "decimal_max_digits": Text(ru="знаков в числе больше {max_digits}", en="more than {max_digits} digits"),
    "decimal_max_places": Text(
        ru="знаков после запятой больше {decimal_places}", en="more than {decimal_places} decimal places"
    ),
    "decimal_whole_digits": Text(
        ru="знаков до запятой больше {whole_digits}", en="more than {whole_digits} digits before the point"
    ),
    "date_type": Text(ru="нужна дата, например 2026-12-31", en="a date is needed, like 2026-12-31"),
    "date_past": Text(ru="нужна прошедшая дата", en="a date of the past is needed"),
    "date_future": Text(ru="нужна будущая дата", en="a date of the future is needed"),
    "path_type": Text(ru="нужен путь к файлу или папке", en="the path of a file or folder is needed"),
    "time_type": Text(ru="нужно время суток, например 09:00", en="a time of the day is needed, like 09:00"),
    "datetime_type": Text(
        ru="нужны дата и время с поясом, например 2026-12-31T18:00:00+03:00",
        en="a date and a time with its zone are needed, like 2026-12-31T18:00:00+03:00",
    ),
    "time_delta_type": Text(ru="нужна длительность, например P30D", en="a length of time is needed, like P30D"),
    "json_invalid": Text(ru="это не JSON", en="this is not JSON"),
    "url_type": Text(ru="нужен адрес в интернете", en="an address of the web is needed"),
    "url_too_long": Text(ru="адрес длиннее {max_length} знаков", en="the address is longer than {max_length} characters"),
    "uuid_type": Text(ru="нужен UUID", en="a UUID is needed"),
    "union_tag_invalid": Text(ru="нужно одно из: {expected_tags}", en="one of {expected_tags} is needed"),
    "none_required": Text(ru="здесь ничего не должно стоять", en="nothing may stand here"),
}  # fmt: skip
_LIKE = {
    "enum": ("literal_error",),
    "model_type": ("dataclass_type", "model_attributes_type", "named_tuple_type", "dict_type", "mapping_type"),
    "list_type": ("tuple_type", "set_type", "frozen_set_type", "iterable_type", "deque_type"),
    "bool_type": ("bool_parsing",),
    "int_type": ("int_parsing", "int_from_float"),
    "float_type": ("float_parsing", "decimal_type", "decimal_parsing", "finite_number"),
    "date_type": ("date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "time_type": ("time_parsing",),
    "date_past": ("datetime_past",),
    "date_future": ("datetime_future",),
    "datetime_type": (
        *("datetime_parsing", "datetime_object_invalid", "datetime_from_date_parsing"),
        *("timezone_naive", "timezone_aware", "timezone_offset"),
    ),
    "time_delta_type": ("time_delta_parsing",),
    "json_invalid": ("json_type",),
    "url_type": ("url_parsing", "url_syntax_violation", "url_scheme"),
    "uuid_type": ("uuid_parsing", "uuid_version"),
    "missing": ("missing_argument", "union_tag_not_found"),
}  # fmt: skip
WORDS = _TYPES | {like: _TYPES[kind] for kind, all_like in _LIKE.items() for like in all_like}
"""By pydantic's name of the error. Of the rest, no model of ours raises any."""
