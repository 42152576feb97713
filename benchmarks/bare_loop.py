"""The least that any client does: aiohttp with a semaphore, answers parsed and thrown away. Used by batch_run.py.

Usage: bare_loop.py PROMPTS BASE_URL CONCURRENCY
"""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import uvloop


async def ask_all(prompts: list[str], base_url: str, concurrency: int) -> int:
    gate = asyncio.Semaphore(concurrency)
    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def ask(prompt: str) -> int:
            async with gate:
                body = {"model": "stub", "messages": [{"role": "user", "content": prompt}]}
                async with session.post(f"{base_url}/chat/completions", json=body) as response:
                    return len((await response.json())["choices"][0]["message"]["content"])

        return sum(await asyncio.gather(*map(ask, prompts)))


def main() -> None:
    if len(sys.argv) != 4:
        print(__doc__)
        return
    path, base_url, concurrency = sys.argv[1:]
    prompts = [json.loads(line)["prompt"] for line in Path(path).read_text().splitlines()]
    assert uvloop.run(ask_all(prompts, base_url, int(concurrency))) > 0


if __name__ == "__main__":
    main()
