/* Signals as a test expects them: a shell's "&" leaves SIGINT ignored, and nohup SIGHUP. Linked
 * into each unit test. SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stddef.h>

__attribute__((constructor)) static void default_signals(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL);
}
