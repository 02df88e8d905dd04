/* Runs a program, and ends when it and all that descends from it has ended:
 *
 *   reap PROGRAM ARGUMENT…
 *
 * What a killed program has started may go on for a while; who looks at what is left looks after
 * that. Ends with the program's status, 128 and the signal when it is killed, 99 when it cannot
 * run. SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT_RUN 99

int main(int argc, char **argv)
{
    if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        return CANNOT_RUN;
    pid_t program = fork();
    if (program == 0) {
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(CANNOT_RUN);
    }
    int result = CANNOT_RUN;
    for (;;) {
        int status;
        pid_t ended = wait(&status);
        if (ended < 0 && errno == EINTR)
            continue;
        if (ended < 0)
            return result; /* nobody is left */
        if (ended == program)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}
