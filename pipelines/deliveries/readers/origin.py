"""Columns that an export of quarantined rows puts before those of the table; sent back, they say what a row corrects."""

REASON, DELIVERY, FILE, LINE = "退回原因", "原批次", "原文件", "原行号"
ORIGIN = (REASON, DELIVERY, FILE, LINE)
WHOLE_LINE = "原文"  # the text of a line whose cells cannot be told apart
