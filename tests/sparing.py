"""Spark as it does the work of a test with the least processor time: a handful of rows in hundreds of short queries."""

# Two partitions would be joined again before their rows are read, and an order over two takes a job that draws a sample.
# Generating and compiling code costs more than running it, here and in Java's own second compiler; test_engines_parity.py
# runs with all of them.
FEW_ROWS = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.defaultJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m",
}
