"""Many senders of webhooks on connections that stay open, as cheap as Python lets them be: the other side is what is measured."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

CONNECTIONS = 16


def request(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    at = urlsplit(url)
    lines = [f"POST {at.path} HTTP/1.1", f"Host: {at.netloc}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


async def send_all(url: str, requests: Iterable[bytes]) -> None:
    """Each connection sends its next when the last was answered. Raises RuntimeError at the first that was not accepted."""
    at, waiting = urlsplit(url), iter(requests)
    async with asyncio.TaskGroup() as senders:
        for _ in range(CONNECTIONS):
            senders.create_task(_sender(str(at.hostname), int(at.port or 80), waiting))


async def _sender(host: str, port: int, waiting: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for sent in waiting:
        writer.write(sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if not head.startswith("HTTP/1.1 2"):
            raise RuntimeError(f"not accepted: {head.splitlines()[0]}")
        length = next(line for line in head.lower().splitlines() if line.startswith("content-length:"))
        await reader.readexactly(int(length.partition(":")[2]))
    writer.close()
