"""The three parts: by identity, of the right size, and the same for ever."""

from __future__ import annotations

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.events.split import FRACTIONS, PARTS, mix, part_index, part_of


def test_the_hash_is_splitmix64():
    # the first outputs of the reference implementation seeded with 1234567
    # (https://prng.di.unimi.it/splitmix64.c): its state grows by the golden gamma at each step
    gamma, seed = 0x9E3779B97F4A7C15, 1234567
    states = np.array([(seed + i * gamma) % 2**64 for i in range(3)], dtype=np.uint64)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert mix(states).tolist() == expected


def test_parts_have_their_fractions():
    codes = part_of("ttbar_2l", np.arange(200_000))
    for code, name in enumerate(PARTS):
        fraction = FRACTIONS[name]
        error = np.sqrt(fraction * (1 - fraction) / len(codes))
        assert np.mean(codes == code) == pytest.approx(fraction, abs=4 * error)
    assert sum(FRACTIONS.values()) == pytest.approx(1)


def test_copies_share_the_part_and_growth_moves_nothing():
    numbers = np.arange(1000)
    grown = part_of("wz_3l", np.concatenate([numbers, numbers + 1000]))
    np.testing.assert_array_equal(grown[:1000], part_of("wz_3l", numbers))
    copies = part_of("wz_3l", np.repeat(numbers, 3)).reshape(-1, 3)
    assert (copies == copies[:, :1]).all()


def test_a_share_of_the_training_part():
    numbers = np.arange(100_000)
    whole, thinned, less = (part_of("zjets", numbers, train_share=one) for one in (1.0, 0.3, 0.1))
    np.testing.assert_array_equal(whole[whole > 0], thinned[whole > 0])
    assert np.mean(thinned == 0) == pytest.approx(0.3 * FRACTIONS["train"], abs=0.005)
    assert set(whole[thinned == -1]) == {0}
    assert not set(numbers[less == 0]) - set(numbers[thinned == 0])


def test_samples_are_split_independently():
    numbers = np.arange(50_000)
    first, second = part_of("ttbar_1l", numbers) == 2, part_of("ttbar_2l", numbers) == 2
    assert np.mean(first & second) == pytest.approx(0.2 * 0.2, abs=0.005)


def test_neighbouring_and_strided_numbers_are_unrelated():
    for stride in (1, 10, 1024, 100_000):
        test = part_of("zjets", np.arange(20_000, dtype=np.uint64) * np.uint64(stride)) == 2
        assert np.mean(test[1:] & test[:-1]) == pytest.approx(0.04, abs=0.008)


def test_no_events():
    assert part_of("zjets", []).shape == (0,)


def test_unknown_part_names_the_known():
    with pytest.raises(InputError, match=r"unknown part 'tset'.*'test'"):
        part_index("tset")
