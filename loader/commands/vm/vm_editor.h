/* A text that a person edits with a program of his own.
 *
 * It stands in a file that nobody else can read, in a folder of its own: an editor's backup and
 * swap files are there too, and go with it. The editor is what $VISUAL or $EDITOR says, words
 * separated by white space, started without a shell and as whoever started us; else
 * sensible-editor, or vi.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_EDITOR_H
#define LOADER_COMMANDS_VM_VM_EDITOR_H

#include <stdbool.h>

#include "common/error.h"
#include "common/text.h"

struct vm_editor {
    char *folder; /* absolute; owned */
    char *path;   /* of the file in it; owned */
    int fd;       /* the folder; -1: there is none */
    bool keep;    /* the text stays when this ends */
};
#define VM_EDITOR_INIT           \
    (struct vm_editor)           \
    {                            \
        .folder = NULL, .fd = -1 \
    }

/* Writes TEXT into a new file NAME, which is a file's name. Signals are held from here on
 * (signals_hold()), so that none leaves it behind. 0, or -1 with ERR. */
int vm_editor_open(struct vm_editor *editor, const char *name, const char *text,
                   struct error *err) must_check;
/* Runs the editor, with the terminal that we have, to its end. SIGINT is the editor's; SIGTERM and
 * SIGHUP are handed on to it. 0; or -1 with ERR: it failed, or a signal came. */
int vm_editor_run(const struct vm_editor *editor, struct error *err) must_check;
/* The text as it is now, into TEXT. 0; or -1 with ERR: it is gone, no file, or longer than TEXT's
 * maximum. */
int vm_editor_read(const struct vm_editor *editor, struct buffer *text,
                   struct error *err) must_check;
/* Removes it, unless it is kept. */
void vm_editor_close(struct vm_editor *editor);
#define auto_vm_editor __attribute__((cleanup(vm_editor_close)))

#endif
