"""What people do in the portal's own screens: the same rules, other authors, the same events."""

from typing import Any

from tests.doubles.bitrix24 import chats, rules
from tests.doubles.bitrix24.methods import custom_fields, product_rows, requisites, tasks, timeline
from tests.doubles.bitrix24.methods.registry import Call
from tests.doubles.bitrix24.portal import Portal
from tests.doubles.bitrix24.state import COMPANY, CONTACT, DEAL, Item, Status, UserField


class Hands:
    """One user at work. Custom fields go by their UF_… names; stages by their STATUS_ID."""

    def __init__(self, portal: Portal, user: int) -> None:
        self._portal = portal
        self.user = user

    def _call(self) -> Call:
        return Call(self._portal, self.user, "hands", {})

    def add(self, entity_type: int, **fields: Any) -> int:
        return int(rules.add(self._portal, self.user, entity_type, fields)["id"])

    def fill(self, entity_type: int, id: int, **fields: Any) -> Item:
        return rules.update(self._portal, self.user, entity_type, id, fields)

    def move(self, entity_type: int, id: int, stage: str) -> None:
        rules.update(self._portal, self.user, entity_type, id, {"stageId": stage})

    def delete(self, entity_type: int, id: int) -> None:
        rules.delete(self._portal, entity_type, id)

    def move_deal(self, id: int, stage: str) -> None:
        self.move(DEAL, id, stage)

    def fill_deal(self, id: int, **fields: Any) -> Item:
        return self.fill(DEAL, id, **fields)

    def delete_deal(self, id: int) -> None:
        self.delete(DEAL, id)

    def choose(self, entity_type: int, id: int, field: str, option: str) -> None:
        """An option of an enumeration, by its XML_ID."""
        self.fill(entity_type, id, **{field: self.option(entity_type, field, option)})

    def option(self, entity_type: int, field: str, xml_id: str) -> int:
        options = rules.custom_fields(self._portal, entity_type)[field].options
        return next(o.id for o in options if o.xml_id == xml_id)

    def add_deal(
        self,
        title: str,
        *,
        category: int = 0,
        company: dict[str, Any] | None = None,
        contact: dict[str, Any] | None = None,
        requisite: dict[str, Any] | None = None,
        rows: list[dict[str, Any]] | None = None,
        **fields: Any,
    ) -> int:
        """A deal with its client, as a manager enters it: the client first, the deal, its rows after it."""
        client: dict[str, Any] = {}
        if company:
            client["companyId"] = self.add(COMPANY, **company)
            preset = {
                "ENTITY_TYPE_ID": COMPANY,
                "ENTITY_ID": client["companyId"],
                "PRESET_ID": 1,
                "NAME": "Реквизиты",
            }
            if requisite:
                requisites.add_to(self._call(), preset | requisite)
        if contact:
            client["contactIds"] = [self.add(CONTACT, **contact)]
        id = self.add(DEAL, title=title, categoryId=category, **client, **fields)
        if rows:
            self.set_rows(id, rows)
        return id

    def bind_requisite(self, deal: int, requisite: int) -> None:
        """Chooses one of the client's requisites in the deal's card."""
        requisites.link(self._call(), deal, requisite)

    def add_requisite(self, entity_type: int, id: int, preset: int = 1, **fields: str) -> int:
        owner = {"ENTITY_TYPE_ID": entity_type, "ENTITY_ID": id, "PRESET_ID": preset}
        return requisites.add_to(self._call(), owner | fields)

    def set_rows(self, deal: int, rows: list[dict[str, Any]]) -> None:
        call = self._call()
        product_rows.replace(call, DEAL, deal, [product_rows.make(call, DEAL, deal, row) for row in rows])

    def mass_edit(self, deals: list[int], **fields: Any) -> None:
        """A group action in the list of deals: a burst of events."""
        for id in deals:
            self.fill(DEAL, id, **fields)

    def complete_task(self, id: int) -> None:
        closable = {tasks.PENDING, tasks.IN_PROGRESS, tasks.AWAITING, tasks.DEFERRED}
        tasks.move(self._portal, self.user, self._portal.state.tasks[id], tasks.COMPLETED, closable)

    def reopen_task(self, id: int) -> None:
        reopenable = {tasks.COMPLETED, tasks.DEFERRED, tasks.AWAITING}
        tasks.move(self._portal, self.user, self._portal.state.tasks[id], tasks.PENDING, reopenable)

    def add_task(self, title: str, responsible: int, **more: Any) -> int:
        given = {"TITLE": title, "RESPONSIBLE_ID": responsible} | more
        return int(tasks.make(self._portal, self.user, given)["id"])

    def comment(self, entity_type: int, id: int, text: str) -> None:
        row = timeline.write(self._portal.state, self.user, entity_type, id, text)
        self._portal.events.tell("ONCRMTIMELINECOMMENTADD", {"ID": row["id"]})

    def press(self, message: int, text: str) -> None:
        """A button under a bot's message: one that sends a command is told to the bot, if it knows the command."""
        state = self._portal.state
        found = state.messages[message]
        bot, user = state.bots[found.author], state.users[self.user]
        button = next(one for one in found.buttons if one["TEXT"] == text)
        known = [one for one in bot.commands.values() if one["command"] == f"/{button.get('COMMAND')}"]
        for command in known:
            told = {
                "id": command["id"],
                "command": command["command"],
                "params": button.get("COMMAND_PARAMS", ""),
                "context": "keyboard",
            }
            shown = chats.shown_message(state, found)
            chats.happened(state, bot, "ONIMBOTV2COMMANDADD", user, found.chat, command=told, message=shown)

    def write_to_bot(self, bot: int, text: str) -> int:
        """In the private chat with it; a command is told as one."""
        state = self._portal.state
        to, user = state.bots[bot], state.users[self.user]
        chat = chats.opened_chat(state, bot, self.user)
        posted = chats.posted(state, chat, self.user, text)
        shown = chats.shown_message(state, posted)
        name, _, params = text.partition(" ")
        known = next((one for one in to.commands.values() if one["command"] == name), None)
        if known is None:
            chats.happened(state, to, "ONIMBOTV2MESSAGEADD", user, chat, message=shown)
        else:
            told = {"id": known["id"], "command": name, "params": params, "context": "textarea"}
            chats.happened(state, to, "ONIMBOTV2COMMANDADD", user, chat, command=told, message=shown)
        return posted.id

    def rename_stage(self, status: str, name: str) -> Status:
        found = self._stage(status)
        found.name = name
        return found

    def remove_stage(self, status: str) -> None:
        del self._portal.state.statuses[self._stage(status).id]

    def remove_field(self, name: str) -> UserField:
        field = next(f for f in self._portal.state.fields.values() if f.name == name)
        custom_fields.forget(self._call(), field)
        return field

    def _stage(self, status: str) -> Status:
        return next(s for s in self._portal.state.statuses.values() if s.status == status)
