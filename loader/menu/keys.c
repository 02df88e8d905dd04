/* Keys. See keys.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/keys.h"

#include <string.h>

#include "common/memory.h"

#define PARAMETER_MAX 1000

static int give(struct keys *keys, uint32_t what, uint32_t *key)
{
    memset(keys, 0, sizeof *keys);
    *key = what;
    return 1;
}

/* The bytes of a character that begins with BYTE; 1 also for what begins none. */
static size_t length_of(unsigned char byte)
{
    return byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

static int take_plain(struct keys *keys, unsigned char byte, uint32_t *key)
{
    uint32_t c;

    if (!keys->length && byte == KEY_ESCAPE) {
        keys->state = KEYS_ESCAPE;
        return 0;
    }
    if (!keys->length && byte < 0x80)
        return give(keys, byte == '\n' ? KEY_ENTER : byte, key);
    if (!keys->length)
        keys->wanted = length_of(byte);
    else if ((byte & 0xc0) != 0x80)
        return give(keys, KEY_OTHER, key) + 1;
    keys->bytes[keys->length++] = byte;
    if (keys->length < keys->wanted)
        return 0;
    return give(keys, utf8_decode(keys->bytes, keys->length, &c) ? c : KEY_OTHER, key);
}

/* The key that ESC [ … LAST, or ESC O LAST, stands for. */
static uint32_t key_of(unsigned parameter, unsigned char last)
{
    static const uint32_t letters[] = {
        ['A'] = KEY_UP,  ['B'] = KEY_DOWN, ['C'] = KEY_RIGHT, ['D'] = KEY_LEFT,
        ['F'] = KEY_END, ['H'] = KEY_HOME, ['M'] = KEY_ENTER};
    static const uint32_t numbers[] = {
        [1] = KEY_HOME,      [3] = KEY_DELETE, [4] = KEY_END, [5] = KEY_PAGE_UP,
        [6] = KEY_PAGE_DOWN, [7] = KEY_HOME,   [8] = KEY_END};
    uint32_t key = last == '~' && parameter < ARRAY_SIZE(numbers) ? numbers[parameter]
                   : last < ARRAY_SIZE(letters)                   ? letters[last]
                                                                  : 0;

    return key ? key : KEY_OTHER;
}

/* What follows ESC [, or ESC O. */
static int take_sequence(struct keys *keys, unsigned char byte, uint32_t *key)
{
    if (byte < 0x20 || byte > 0x7e)
        return give(keys, KEY_OTHER, key) + 1;
    if (byte >= 0x40)
        return give(keys, key_of(keys->parameter, byte), key);
    if (byte == ';')
        keys->parameters++;
    if (byte >= '0' && byte <= '9' && !keys->parameters && keys->parameter < PARAMETER_MAX)
        keys->parameter = keys->parameter * 10 + (byte - '0');
    return 0;
}

int keys_take(struct keys *keys, unsigned char byte, uint32_t *key)
{
    switch (keys->state) {
    case KEYS_PLAIN:
        break;
    case KEYS_ESCAPE:
        if (byte == '[' || byte == 'O') {
            keys->state = KEYS_SEQUENCE;
            return 0;
        }
        return give(keys, KEY_ESCAPE, key) + 1;
    case KEYS_SEQUENCE:
        return take_sequence(keys, byte, key);
    }
    return take_plain(keys, byte, key);
}

int keys_end(struct keys *keys, uint32_t *key)
{
    if (keys->state == KEYS_PLAIN && !keys->length)
        return 0;
    return give(keys, keys->state == KEYS_ESCAPE ? KEY_ESCAPE : KEY_OTHER, key);
}
