"""What no incoming webhook can do or see: the outgoing one, which a person makes in the portal."""

from collections.abc import Iterator

from domain.words import Text

PATH = "/webhooks/bitrix24"

EVENTS = (
    "ONCRMDEALADD",
    "ONCRMDEALUPDATE",
    "ONCRMDEALDELETE",
    "ONCRMDYNAMICITEMADD",
    "ONCRMDYNAMICITEMUPDATE",
    "ONCRMDYNAMICITEMDELETE",
    "ONTASKUPDATE",
    "ONTASKDELETE",
    "ONCRMCOMPANYADD",
    "ONCRMCOMPANYUPDATE",
    "ONCRMCOMPANYDELETE",
    "ONCRMCONTACTADD",
    "ONCRMCONTACTUPDATE",
    "ONCRMCONTACTDELETE",
    "ONCRMREQUISITEADD",
    "ONCRMREQUISITEUPDATE",
    "ONCRMREQUISITEDELETE",
)
"""To be ticked: what happens to deals, to items of smart processes, to tasks, and to clients."""

UNSEEN = Text(
    ru="исходящий вебхук входящему не виден: проверьте его в портале сами",
    en="an incoming webhook can't see the outgoing one: look in the portal yourself",
)


def by_hand(public_url: str, *, has_token: bool) -> Iterator[Text]:
    """In the order in which it is done."""
    address = f"{public_url.rstrip('/')}{PATH}" if public_url else ""
    if not address:
        yield Text(
            ru="Задайте DEALWRIGHT_PUBLIC_URL: адрес, по которому портал достучится до deal web, https:// и снаружи.",
            en="Set DEALWRIGHT_PUBLIC_URL: where the portal reaches deal web, https:// and from outside.",
        )
    shown = address or f"DEALWRIGHT_PUBLIC_URL{PATH}"
    yield Text(
        ru=f"Портал → Разработчикам → Другое → Исходящий вебхук: адрес обработчика {shown}",
        en=f"Portal → Developer resources → Other → Outbound webhook: the handler's address is {shown}",
    )
    yield Text(
        ru=f"Отметьте в нём события сделок, элементов смарт-процессов, задач и клиентов: {', '.join(EVENTS)}",
        en=f"Tick in it the events of deals, of smart process items, of tasks and of clients: {', '.join(EVENTS)}",
    )
    if not has_token:
        yield Text(
            ru="Токен, который портал покажет при этом, — в DEALWRIGHT_BITRIX24_TOKEN: без него события не принимаются.",
            en="Put the token that the portal shows then into DEALWRIGHT_BITRIX24_TOKEN: without it no event is accepted.",
        )
