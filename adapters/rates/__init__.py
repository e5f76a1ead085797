"""Where the Bank of Russia's rates come from."""
