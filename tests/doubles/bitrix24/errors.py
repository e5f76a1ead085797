"""What the portal answers when it will not do a thing: HTTP status, code and text, with the documentation's quirks."""

from typing import Any


class Refusal(Exception):
    """`code` may be a word, an empty string or a number: the portal is not consistent, and neither is this."""

    def __init__(self, status: int, code: str | int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text

    def body(self) -> dict[str, Any]:
        return {"error": self.code, "error_description": self.text}


class RefusalV3(Refusal):
    """REST 3.0 wraps its errors in an object of their own."""

    def __init__(self, status: int, code: str, text: str, field: str = "") -> None:
        super().__init__(status, f"BITRIX_REST_V3_EXCEPTION_{code}", text)
        self.field = field

    def body(self) -> dict[str, Any]:
        if not self.field:
            return {"error": {"code": self.code, "message": self.text}}
        validation = [{"message": self.text, "field": self.field}]
        words = "Error during request object validation"
        return {"error": {"code": self.code, "message": words, "validation": validation}}


def not_found(text: str = "Element not found") -> Refusal:
    return Refusal(400, "NOT_FOUND", text)


def nameless(text: str) -> Refusal:
    """The old families give an empty code."""
    return Refusal(400, "", text)


def denied(text: str = "Access denied") -> Refusal:
    return Refusal(400, "ACCESS_DENIED", text)


def bad_value(field: str) -> Refusal:
    return Refusal(400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value for field "{field}"')


def missing(parameter: str) -> Refusal:
    return Refusal(400, "100", f"Could not find value for parameter {{{parameter}}} (internal error)")
