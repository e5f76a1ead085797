"""What is said of a serial number that is there already: by the command and by the page alike, before it is sent."""

from domain.serials import SerialElsewhere
from domain.wording import typed, worded
from domain.words import Text


def there_already(one: SerialElsewhere) -> Text:
    return worded(
        ru="Серийный номер {serial} уже есть: сделка {deal}, позиция {line}, {status}. Кладовщика спросят, почему.",
        en="Serial number {serial} is there already: deal {deal}, line {line}, {status}. The warehouse will be asked why.",
        serial=typed(one.serial),
        deal=one.deal,
        line=one.at_line,
        status=one.status,
    )
