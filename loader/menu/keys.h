/* Keys, out of the bytes that a terminal sends for them: characters in UTF-8, controls, and the
 * sequences that begin with Escape (ECMA-48, and VT100's in its application mode).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_KEYS_H
#define LOADER_MENU_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "common/utf8.h"

/* A key is a code point, controls among them, or one of these. */
enum {
    KEY_INTERRUPT = 0x03, /* ^C */
    KEY_END_OF_FILE = 0x04,
    KEY_BACKSPACE = 0x08,
    KEY_ENTER = 0x0d,
    KEY_ESCAPE = 0x1b,
    KEY_DELETE_BACK = 0x7f, /* what most terminals send for backspace */
    KEY_UP = 0x110000,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_DELETE,
    KEY_OTHER,   /* a key that means nothing here */
    KEY_RESIZED, /* none at all: the terminal has another size */
};
#define KEY_CONTROL(letter) ((letter)&0x1f) /* ^A is KEY_CONTROL('A') */

/* Bytes of a key that is not complete yet. */
struct keys {
    enum { KEYS_PLAIN, KEYS_ESCAPE, KEYS_SEQUENCE } state;
    unsigned char bytes[UTF8_LENGTH_MAX]; /* of a character */
    size_t length, wanted;                /* bytes that are there, and that it has */
    unsigned parameter;                   /* of a sequence, the first */
    size_t parameters;
};

/* Takes BYTE. 1 with *KEY; 2 with *KEY, and BYTE belongs to the next, to be taken again; 0: it is
 * not complete. */
int keys_take(struct keys *keys, unsigned char byte, uint32_t *key);
/* No byte came for a while: what is there is all. 1 with *KEY (Escape alone), or 0. */
int keys_end(struct keys *keys, uint32_t *key);

#endif
