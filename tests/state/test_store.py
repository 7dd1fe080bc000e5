"""What a store promises, held against both."""

import stat
from pathlib import Path

import anyio
import pytest

from quaymaster.errors import QuaymasterError, SettingsError
from quaymaster.state import Store, open_store
from quaymaster.state.sqlite import SqliteStore


async def test_what_is_kept_is_there_until_it_is_deleted(store: Store):
    await store.put("a/1", "one")
    await store.put("a/1", "uno")
    assert await store.get("a/1") == "uno"
    await store.delete("a/1")
    assert await store.get("a/1") is None
    await store.delete("a/1")


async def test_only_the_first_adds(store: Store):
    assert await store.add("a", "one")
    assert not await store.add("a", "two")
    assert await store.get("a") == "one"


async def test_replace_needs_the_old_value(store: Store):
    assert not await store.replace("a", "", "new")
    await store.put("a", "one")
    assert not await store.replace("a", "uno", "two")
    assert await store.replace("a", "one", "two")
    assert await store.get("a") == "two"


async def test_of_all_who_take_one_gets_it(store: Store):
    await store.put("code", "granted")
    taken: list[str | None] = []

    async def take() -> None:
        taken.append(await store.take("code"))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(take)
    assert sorted(taken, key=str) == [*[None] * 7, "granted"]


async def test_of_all_who_replace_one_does(store: Store):
    await store.put("refresh", "0")
    done: list[bool] = []

    async def replace(number: int) -> None:
        done.append(await store.replace("refresh", "0", str(number)))

    async with anyio.create_task_group() as tasks:
        for number in range(1, 9):
            tasks.start_soon(replace, number)
    assert sorted(done) == [*[False] * 7, True]


async def test_keys_are_listed_by_prefix_whatever_they_hold(store: Store):
    for key in ("s/b", "s/a", "t/a", "s*/a", "[s]/a"):
        await store.put(key, "x")
    assert await store.list_keys("s/") == ["s/a", "s/b"]
    assert await store.list_keys("s*") == ["s*/a"]
    assert await store.list_keys("[s]") == ["[s]/a"]


async def test_short_lived_value_ends(store: Store):
    await store.put("a", "one", ttl_s=0.05)
    await store.put("b", "one")
    await store.replace("b", "one", "two", ttl_s=0.05)
    await anyio.sleep(0.2)  # Redis has a clock of its own
    assert [await store.get("a"), await store.take("b")] == [None, None]
    assert await store.add("a", "anew")


async def test_a_message_reaches_all_who_listen_in_whichever_process(store: Store, state_url: str):
    other = open_store(state_url)
    async with store.listen("changes") as here, other.listen("changes") as there, store.listen("else") as elsewhere:
        await other.publish("changes", "one")
        await store.publish("changes", "two")
        await store.publish("else", "three")
        with anyio.fail_after(5):
            assert [await anext(here), await anext(here)] == ["one", "two"]
            assert [await anext(there), await anext(there)] == ["one", "two"]
            assert await anext(elsewhere) == "three"
    await other.aclose()


async def test_state_outlives_the_process_that_kept_it(store: Store, state_url: str):
    await store.put("a", "one")
    await store.aclose()
    other = open_store(state_url)
    assert await other.get("a") == "one"
    await other.aclose()


async def test_file_is_its_owners_alone(tmp_path: Path):
    store = open_store(f"sqlite://{tmp_path}/new%20folder/state.sqlite")
    await store.put("a", "one")
    await store.aclose()
    path = tmp_path / "new folder" / "state.sqlite"
    assert [stat.S_IMODE(it.stat().st_mode) for it in (path, path.parent)] == [0o600, 0o700]


async def test_end_is_by_the_clock(tmp_path: Path):
    now = 1000.0
    store = SqliteStore(tmp_path / "state.sqlite", wall_clock=lambda: now)
    await store.put("a", "one", ttl_s=60)
    now += 59.9
    assert await store.get("a") == "one"
    now += 0.2
    assert (await store.get("a"), await store.list_keys("")) == (None, [])
    await store.aclose()


async def test_store_that_cannot_be_used_says_so_without_its_address(tmp_path: Path):
    (tmp_path / "folder").write_text("in the way")
    with pytest.raises(QuaymasterError, match=r"the state file .* cannot be used"):
        await open_store(f"sqlite://{tmp_path}/folder/state.sqlite").get("a")
    gone = open_store("redis://:a-password@127.0.0.1:1/0")
    with pytest.raises(QuaymasterError, match=r"^the state store in Redis cannot be used: ConnectionError$"):
        await gone.get("a")
    await gone.aclose()


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite://host/path", "mysql://h/d", "/a/path"])
def test_other_addresses_are_refused(url):
    with pytest.raises(SettingsError, match="state_url must be sqlite:///PATH or redis://HOST:PORT/DB"):
        open_store(url)
