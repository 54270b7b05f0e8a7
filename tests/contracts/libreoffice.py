"""LibreOffice without a screen, typing into the cells of a workbook as a person would, and saving it as XLSX."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

SOFFICE = shutil.which("soffice")
_SECONDS = 120
# Cells to type come as lines of sheet, cell and text with tabs between. Typing follows the cell's format as at a desk:
# digits in a text cell stay digits, in any other they become a number.
_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Fill(source As String, cells As String, target As String)
  On Error Goto failed
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  helper = createUnoService("com.sun.star.frame.DispatchHelper")
  Dim place(0) As New com.sun.star.beans.PropertyValue
  Dim words(0) As New com.sun.star.beans.PropertyValue
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  stream = createUnoService("com.sun.star.io.TextInputStream")
  stream.setInputStream(files.openFileRead(ConvertToURL(cells)))
  stream.setEncoding("UTF-8")
  Do While Not stream.isEOF()
    typed = stream.readLine()
    If typed &lt;&gt; "" Then
      parts = Split(typed, Chr(9))
      book.CurrentController.setActiveSheet(book.Sheets.getByName(parts(0)))
      place(0).Name = "ToPoint" : place(0).Value = parts(1)
      helper.executeDispatch(book.CurrentController.Frame, ".uno:GoToCell", "", 0, place())
      words(0).Name = "StringName" : words(0).Value = parts(2)
      helper.executeDispatch(book.CurrentController.Frame, ".uno:EnterString", "", 0, words())
    End If
  Loop
  Dim form(0) As New com.sun.star.beans.PropertyValue
  form(0).Name = "FilterName" : form(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL(ConvertToURL(target), form())
  book.close(True)
  Exit Sub
failed:
  StarDesktop.terminate()
End Sub
</script:module>
"""


def fill(source: Path, target: Path, cells: Iterable[tuple[str, str, str]], folder: Path) -> Path:
    """Open a workbook, type (sheet, cell such as B4, text) one after the other, save it as XLSX to `target`."""
    profile, typed = folder / "profile", folder / "cells.tsv"
    typed.write_text("".join("\t".join(cell) + "\n" for cell in cells), encoding="utf-8")
    _run(profile, "--terminate_after_init")  # makes the profile, and with it an empty macro that is replaced
    (profile / "user" / "basic" / "Standard" / "Module1.xba").write_text(_MACRO, encoding="utf-8")
    _run(profile, f'macro:///Standard.Module1.Fill("{source}","{typed}","{target}")')
    assert target.is_file(), "LibreOffice saved nothing"
    return target


def _run(profile: Path, what: str) -> None:
    assert SOFFICE is not None
    process = subprocess.Popen(
        [SOFFICE, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}", what],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
