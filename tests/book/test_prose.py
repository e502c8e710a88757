"""Numbers typed into prose."""

import pytest

from lepsearch.book import prose
from lepsearch.errors import InputError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("The mass is 91.2 here.", ["91.2"], id="decimal"),
        pytest.param("We keep 85 % of it.", ["85 %"], id="percentage"),
        pytest.param("We keep 5 per cent.", ["5 per cent"], id="percentage in words"),
        pytest.param("Above 50 GeV and 3 TeV.", ["50 GeV", "3 TeV"], id="energies"),
        pytest.param("With 36 fb$^{-1}$ of data.", ["36 fb"], id="luminosity"),
        pytest.param("An excess of 3 sigma.", ["3 sigma"], id="significance"),
        pytest.param("There were 13 events, 12 of them good.", ["13"], id="whole numbers"),
        pytest.param("There were 10,000 or 20 000.", ["10,000", "20 000"], id="thousands"),
        pytest.param("A value of -0.5 or 1e-4.", ["0.5", "1e-4"], id="sign and exponent"),
        pytest.param("So $Z = 0.287$.", ["= 0.287"], id="in a formula"),
        pytest.param(r"So $Z \approx 3.6$.", [r"\approx 3.6"], id="nearly, in a formula"),
        pytest.param("$$\nZ = 0.287\n$$", ["= 0.287"], id="in a display"),
        pytest.param("```{math}\nZ = 0.5\n```", ["= 0.5"], id="in a math directive"),
        pytest.param("```{note}\nAbout 3.4 of it.\n```", ["3.4"], id="inside a directive"),
        pytest.param("| a | 3.4 |", ["3.4"], id="in a table"),
        pytest.param("Two leptons, 4 pairs.", [], id="small counts"),
        pytest.param("$p_T > 50$ and $n = 20$.", [], id="definitions in a formula"),
        pytest.param("{glue:text}`a_25.3` and `x = 3.4`.", [], id="roles and code"),
        pytest.param("```python\nx = 3.4\n```", [], id="code block"),
        pytest.param("~~~\nx = 3.4\n~~~", [], id="code block with tildes"),
        pytest.param("```{code-block} sh\nrun 3.4\n```", [], id="code directive"),
        pytest.param("# Chapter at 13.6\n\n## 25 things", [], id="headings"),
        pytest.param("(sec-25)=\n", [], id="label"),
        pytest.param("[this](http://a.b/3.4) and http://a.b/55", [], id="links"),
        pytest.param(
            "See tables 5.5 and 5.6, eq. (5.4), Figure 20, chapter 27.", [], id="pointers"
        ),
        pytest.param("1. one\n14. two\n", [], id="list marks"),
        pytest.param("The 20th event, on log10 and H1.", [], id="ordinals and names"),
        pytest.param(":::{figure} a.png\n:width: 55.5\n:::", [], id="options"),
        pytest.param("<!-- 55.5 -->", [], id="comment"),
    ],
)
def test_typed_numbers(text, found):
    assert [one.text for one in prose.typed_numbers(text)] == found


def test_lines_are_those_of_the_text():
    text = "# A\n\n```python\nx = 1.5\n```\n\n$$\na\n$$\n\nIt is 3.4 here.\nAnd $x = 5.5$.\n"
    assert [(one.line, one.text) for one in prose.typed_numbers(text)] == [
        (11, "3.4"),
        (12, "= 5.5"),
    ]


def test_allowed_numbers_stand():
    allowed = [prose.Allowed(pattern=r"\b13 TeV\b", reason="energy")]
    assert prose.typed_numbers("At 13 TeV.", allowed) == []
    assert [one.text for one in prose.typed_numbers("At 13 TeV and 14 TeV.", allowed)] == ["14 TeV"]


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ("- pattern: '13 TeV'\n", r"0\.reason\s+Field required"),
        (
            "- {pattern: a, reason: b}\n- {pattern: '(', reason: c}\n",
            r"1\.pattern\s+Input should be a valid regular expression",
        ),
        ("- 13 TeV\n", "0\n.*valid dictionary"),
    ],
)
def test_an_exception_needs_a_reason(tmp_path, entry, match):
    path = tmp_path / "_allowed_numbers.yml"
    path.write_text(entry)
    with pytest.raises(InputError, match=match):
        prose.read_allowed(path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "{eval}`a` " * 3 + "here. " + "{eval}`a` " * 3 + "there.", [], id="as many as may"
        ),
        pytest.param(
            "Of {eval}`a`\n" * 4 + "are left.", [(1, 4, "sentence")], id="a long sentence"
        ),
        pytest.param(
            "All of\nit. {eval}`a` is" + ", {glue:text}`a`" * 3 + ".",
            [(2, 4, "sentence")],
            id="line",
        ),
        pytest.param("There is {eval}`a`. " * 7, [(1, 7, "paragraph")], id="a long paragraph"),
        pytest.param("There is {eval}`a`. " * 4 + "\n\n" + "It is {eval}`a`. " * 3, [], id="two"),
        pytest.param("It is {eval}`a`.\n" * 4 + "$m$ is {eval}`a`. " * 2, [], id="formulas begin"),
        pytest.param(
            "{eval}`a`, {eval}`b` (see eq. 5, e.g. {eval}`c`, {eval}`d`).",
            [(1, 4, "sentence")],
            id="a stop within",
        ),
        pytest.param("- {eval}`a`, {eval}`b`\n- {eval}`c`, {eval}`d`\n" * 2, [], id="a list"),
        pytest.param(
            "```{note}\n" + "{eval}`a`" * 4 + "\n```", [(2, 4, "sentence")], id="directive"
        ),
        pytest.param("Of `a`, {numref}`fig-a` " * 4, [], id="other roles"),
        pytest.param("{eval}`f'{a:.1f}, {b}'` of {eval}`f'{c} {{x}}'`", [], id="three in two"),
        pytest.param(
            "{eval}`f'{a}, {b}'`\n{eval}`f'{c},\n {d}'`", [(1, 4, "sentence")], id="fields"
        ),
        pytest.param("{eval}`'all' if a else 'none'` " * 7, [], id="words"),
        pytest.param(
            "{eval}`f'{a} {b} {c} {d}' if e else 'none'`", [(1, 4, "sentence")], id="a branch"
        ),
        pytest.param("# " + "{eval}`a` " * 4, [], id="heading"),
    ],
)
def test_crowded_sentences_and_paragraphs(text, found):
    assert prose.crowds(text) == found
