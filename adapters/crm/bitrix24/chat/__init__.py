"""The desk's bot in a portal's chat: asks whoever must answer an approval, with buttons, and hears which was pressed."""
