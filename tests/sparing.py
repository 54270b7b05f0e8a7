"""Spark as it does the work of a test with the least processor time: a handful of rows in hundreds of short queries."""

# Generating and compiling code costs more than running it, here and in Java's own second compiler; test_engines_parity.py
# runs with all of them.
FEW_ROWS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.defaultJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m",
}
