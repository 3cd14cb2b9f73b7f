"""The printed plan as DOCX, for offices that go on writing in a word processor: cover, contents, chapters, T-C.33."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Book
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from portal import clock

SHADES = {"head": "D9E2E4", "urusan": "D2D2D2", "programme": "E1E1E1", "activity": "F3F3F3", "line": ""}
WIDTHS = (26, 48, 40, 27, 20, 25, 27, 25, 20, 25)
"""Of the columns of T-C.33 in millimetres; a landscape A4 within its margins."""
FIGURES = (5, 9)
"""Columns that stand to the right."""
BOOKMARK = "_Toc"
"""Names of the headings' bookmarks, a number behind it."""
TWIPS = 56.7
"""Twentieths of a point in a millimetre."""


def set_docx(content: dict[str, Any]) -> bytes:
    """`exporting.book` as a DOCX, in Indonesian, without the name of any person."""
    book = Document()
    _prepare(book, content)
    _cover(book, content)
    _contents(book, content)
    for number, chapter in enumerate(content["chapters"]):
        heading = book.add_heading(f"{chapter['number']} {chapter['heading']}", chapter["level"])
        heading.paragraph_format.page_break_before = chapter["level"] == 1
        _mark(heading, number)
        for kind, text in chapter["blocks"]:
            if kind == "heading":
                book.add_paragraph().add_run(text).bold = True
            else:
                book.add_paragraph(text, "List Bullet" if kind == "item" else None)
    _matrix(book, content)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _prepare(book: Book, content: dict[str, Any]) -> None:
    """Paper, type, language and the properties of the file, which name the unit and nobody."""
    properties = book.core_properties
    properties.title, properties.author = f"{content['title']}, {content['unit']}", content["unit"]
    properties.last_modified_by, properties.comments, properties.language = "", "", "id-ID"
    properties.created = properties.modified = clock.now().replace(tzinfo=None)
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.element.get_or_add_rPr().append(parse_xml(f'<w:lang {nsdecls("w")} w:val="id-ID"/>'))
    page = book.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)


def _cover(book: Book, content: dict[str, Any]) -> None:
    book.add_paragraph(content["regency"]).paragraph_format.space_before = Mm(60)
    book.add_paragraph(content["title"], "Title")
    for words in (content["edition"], content["unit"]):
        if words:
            book.add_paragraph(words).runs[0].font.size = Pt(14)
    book.add_paragraph(f"{content['state']} · {content['printed']}").runs[0].font.size = Pt(9)


def _contents(book: Book, content: dict[str, Any]) -> None:
    """Each entry leads to its heading and holds a field with the page of it.

    LibreOffice fills in the pages when it opens the file, Word when it prints or is asked (F9). Around a field TOC
    LibreOffice would leave them empty; what is marked as stale makes Word ask about "other files".
    """
    title = book.add_paragraph()
    title.paragraph_format.page_break_before = True
    run = title.add_run(content["contents"])
    run.bold, run.font.size = True, Pt(14)
    entries = [(f"{one['number']} {one['heading']}", one["level"]) for one in content["chapters"]]
    for number, (words, level) in enumerate([*entries, (content["matrix_title"], 1)]):
        paragraph = book.add_paragraph()
        look = paragraph.paragraph_format
        look.left_indent, look.space_after = Mm(6 * (level - 1)), Pt(3)
        look.tab_stops.add_tab_stop(Mm(160), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        paragraph._p.append(
            parse_xml(
                f'<w:hyperlink {nsdecls("w")} w:anchor="{BOOKMARK}{number}" w:history="1">'
                f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r><w:r><w:tab/></w:r>'
                f'<w:fldSimple w:instr=" PAGEREF {BOOKMARK}{number} \\h "><w:r><w:t></w:t></w:r></w:fldSimple>'
                "</w:hyperlink>"
            )
        )


def _mark(heading: Paragraph, number: int) -> None:
    """The bookmark around a heading, to which the contents lead."""
    begin = f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="{BOOKMARK}{number}"/>'
    heading._p.insert(1 if heading._p.pPr is not None else 0, parse_xml(begin))
    heading._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'))


# The matrix, written as XML: six thousand cells one by one take seconds.


def _matrix(book: Book, content: dict[str, Any]) -> None:
    page = book.add_section(WD_SECTION.NEW_PAGE)
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(7)
    page.top_margin = page.bottom_margin = Mm(15)
    _mark(book.add_heading(content["matrix_title"], 1), len(content["chapters"]))
    columns, (now, later) = content["columns"], content["groups"]
    rows = [
        _row(
            [(name, 1, "restart") for name in columns[:3]] + [(now, 5, ""), (later, 2, "")],
            "head",
            header=True,
        ),
        _row([("", 1, "continue")] * 3 + [(name, 1, "") for name in columns[3:]], "head", header=True),
    ]
    rows += [_row([(cell, 1, "") for cell in row["cells"]], row["level"]) for row in content["rows"]]
    label, *sums = content["sums"]
    rows.append(_row([(label, 5, ""), (sums[0], 1, ""), ("", 3, ""), (sums[1], 1, "")], "programme"))
    grid = "".join(f'<w:gridCol w:w="{width * TWIPS:.0f}"/>' for width in WIDTHS)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="999999"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    table = (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(WIDTHS) * TWIPS:.0f}" w:type="dxa"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    body = book.element.body
    body.insert(body.index(body.find(qn("w:sectPr"))), parse_xml(table))


def _row(cells: list[tuple[str, int, str]], level: str, *, header: bool = False) -> str:
    """A row of (text, columns it spans, whether it goes on downwards); header rows come again on each page."""
    repeated = "<w:tblHeader/>" if header else ""
    kept = "" if level == "line" else "<w:keepNext/>"  # a heading never stands last on a page
    made, at = [], 0
    for text, span, merged in cells:
        width = sum(WIDTHS[at : at + span]) * TWIPS
        properties = f'<w:tcW w:w="{width:.0f}" w:type="dxa"/>'
        properties += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        properties += f'<w:vMerge w:val="{merged}"/>' if merged else ""
        if SHADES[level]:
            properties += f'<w:shd w:val="clear" w:color="auto" w:fill="{SHADES[level]}"/>'
        side = '<w:jc w:val="right"/>' if at + span - 1 in FIGURES and not header and span == 1 else ""
        bold = "" if level == "line" else "<w:b/>"
        words = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n"))
        made.append(
            f'<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:pPr>{kept}<w:spacing w:after="0"/>{side}</w:pPr>'
            f'<w:r><w:rPr>{bold}<w:sz w:val="13"/></w:rPr>{words}</w:r></w:p></w:tc>'
        )
        at += span
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(made)}</w:tr>"
