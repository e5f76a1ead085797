"""Bitrix24 behind the CRM port."""
