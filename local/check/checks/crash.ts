/** Log lines with which the runtimes of programming languages report a crash. */
export const CRASH =
  /^Traceback \(most recent call last\)|^\s*\w*(Error|Exception): |Exception in thread|^panic: |^fatal error: |^Error in |Segmentation fault|UnhandledPromiseRejection|: command not found$| line \d+: /;
