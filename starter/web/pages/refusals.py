"""Why a signed link opens no question: what the page says, what to do, and the status that tells machines the same."""

from typing import NamedTuple

from domain.words import Text


class Why(NamedTuple):
    status: int
    title: Text
    words: Text


_CLOSED = Text(ru="Этот вопрос уже закрыт", en="This question is closed")

WHY: dict[str, Why] = {
    "broken": Why(
        404,
        Text(ru="Ссылка не открывается", en="This link does not open"),
        Text(
            ru="Скорее всего, она скопирована не полностью. Откройте её прямо из письма или попросите прислать новую.",
            en="It was probably not copied whole. Open it straight from the letter, or ask for a new one.",
        ),
    ),
    "expired": Why(
        410,
        Text(ru="Срок действия ссылки истёк", en="This link has expired"),
        Text(
            ru="Если ответ ещё нужен, попросите прислать новую ссылку.",
            en="If your answer is still needed, ask for a new link.",
        ),
    ),
    "gone": Why(
        410,
        Text(ru="Такого вопроса больше нет", en="There is no such question any more"),
        Text(
            ru="Отвечать ничего не нужно. Если это неожиданно, напишите нам.",
            en="Nothing is asked of you. If this is a surprise, write to us.",
        ),
    ),
    "approved": Why(
        410,
        _CLOSED,
        Text(ru="Согласовано всеми, кого спрашивали.", en="Everybody who was asked has approved."),
    ),
    "rejected": Why(
        410,
        _CLOSED,
        Text(
            ru="Эта версия отклонена. Когда будет готова новая, вы получите письмо с новой ссылкой.",
            en="This version was rejected. When the next one is ready, you get a letter with a new link.",
        ),
    ),
    "withdrawn": Why(
        410,
        _CLOSED,
        Text(ru="Ответ больше не нужен: вопрос снят.", en="No answer is needed: the question was withdrawn."),
    ),
    "withdrawn_task": Why(
        410,
        Text(ru="Это уже не нужно", en="This is not needed any more"),
        Text(
            ru="Делать ничего не надо: вопрос снят.", en="There is nothing to do: the question was withdrawn."
        ),
    ),
    "not_ready": Why(
        410,
        Text(ru="Подписывать ещё рано", en="It can't be signed yet"),
        Text(
            ru="Документ ещё не готов. Когда он будет готов, вы получите письмо.",
            en="The document is not ready. You get a letter when it is.",
        ),
    ),
    "stale_version": Why(
        410,
        Text(ru="Есть более новая версия", en="There is a newer version"),
        Text(
            ru="Ссылка ведёт на прежнюю версию. Откройте ссылку из последнего письма.",
            en="This link is to an earlier one. Open the link in the latest letter.",
        ),
    ),
    "already_answered": Why(
        410,
        Text(ru="Ответ уже дан", en="This has been answered"),
        Text(
            ru="За вас ответил ваш заместитель, или вы ответили не по этой ссылке.",
            en="Your substitute has answered for you, or you answered in another way than by this link.",
        ),
    ),
    "not_allowed": Why(
        403,
        Text(ru="Отвечать теперь должен другой", en="Somebody else answers this now"),
        Text(
            ru="По этой ссылке ответить нельзя: право ответа перешло к другому человеку или замещение закончилось.",
            en="This link can't be used any more: the right to answer has passed to somebody else, or a substitution has ended.",
        ),
    ),
    "refused": Why(
        410,
        Text(ru="От подписи отказались", en="It was refused"),
        Text(
            ru="Менеджер решает, что делать с документом. Когда понадобится подпись, вы получите письмо.",
            en="The manager decides what is done about it. You get a letter when a signature is needed.",
        ),
    ),
    "shared": Why(
        410,
        Text(ru="Документ общий", en="It is one document for several goods"),
        Text(
            ru="Он один на всё, что отгружено вместе. Откройте ссылку из письма о нём.",
            en="It is one for all that left together. Open the link in the letter about it.",
        ),
    ),
    "foreign": Why(
        403,
        Text(ru="Ответ не принят", en="The answer was not taken"),
        Text(
            ru="Он пришёл не с нашей страницы. Откройте ссылку из письма и ответьте на открывшейся странице.",
            en="It did not come from our page. Open the link in the letter, and answer on the page that opens.",
        ),
    ),
}
