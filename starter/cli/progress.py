"""What goes on while somebody waits for it."""

from domain.words import Text

ASKING = Text(ru="спрашиваем сделку", en="asking the deal")
STARTING = Text(ru="начинаем сделку", en="starting the deal")
REHEARSING = Text(ru="репетируем сделку", en="rehearsing the deal")
TELLING = Text(ru="сообщаем сделкам", en="telling the deals")
AT_THE_PORTAL = Text(ru="Bitrix24 …", en="Bitrix24 …")
