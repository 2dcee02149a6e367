/** The exit code of a process that was ended by SIGKILL. */
export const KILLED_EXIT_CODE = 137;
