import numpy as np
import pytest

from fathom.classical.features import visual_words
from fathom.classical.features.visual_words import VisualWords


def pictures(count=12, side=64):
    random = np.random.default_rng(0)
    return random.random((count, side, side)).astype(np.float32)


def test_a_picture_is_told_by_unit_sums_for_each_word():
    grey = pictures()
    words = VisualWords.learn(grey)
    found = words.features(grey)
    assert found.shape == (12, words.length) == (12, visual_words.WORDS * visual_words.AXES)
    lengths = np.linalg.norm(found.reshape(12, -1, visual_words.AXES), axis=2)
    assert np.all(np.isclose(lengths, 1, atol=1e-4) | np.isclose(lengths, 0, atol=1e-4))
    assert np.allclose(found[3:5], words.features(grey[3:5]), atol=1e-5)  # no picture's features depend on its company


def test_pictures_that_show_nothing_teach_one_word_and_say_nothing():
    flat = np.full((3, 64, 64), 0.5, dtype=np.float32)
    words = VisualWords.learn(flat)
    assert len(words.words) == 1
    assert not words.features(flat).any()
    assert words.features(flat[:0]).shape == (0, words.length)


def test_the_vocabulary_is_kept_whole_or_refused():
    words = VisualWords.learn(pictures(4))
    arrays = words.arrays()
    grey = pictures(2)
    assert np.array_equal(VisualWords.restored(arrays).features(grey), words.features(grey))
    for broken in ({"words": arrays["words"][:, :-1]}, {"axes": arrays["axes"] * np.nan}, {"middle": arrays["words"]}):
        with pytest.raises(ValueError, match="differ"):
            VisualWords.restored({**arrays, **broken})


def test_the_way_of_a_gradient_is_its_angle_and_exact_where_ways_meet():
    angles = np.concatenate([np.linspace(-np.pi, np.pi, 2001), np.arange(-8, 9) * np.pi / 4])
    found = visual_words.eighths(np.sin(angles), np.cos(angles))
    away = (found - angles * 4 / np.pi + 4) % 8 - 4
    assert np.abs(away).max() < 1e-8
    down, right = np.array([0.0, 3.0, 3.0, 3.0, 0.0, -3.0, -3.0]), np.array([3.0, 3.0, 0.0, -3.0, -3.0, -3.0, 0.0])
    assert visual_words.eighths(down, right).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert visual_words.eighths(np.zeros(1), np.zeros(1)) == 0
