/* Matches texts against regular expressions. See match.h.
 *
 * The C library's own matcher may take as much time and memory as a pattern asks for, and these
 * patterns come from a guest. This one follows every way through the program of a pattern, but
 * each pair of (instruction, place in the text) only once: the work is at most the product of the
 * two lengths. Of several matches that begin at the same place the longest counts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/script/match.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096  /* bytes to match against */
#define WAYS_MAX 50000 /* ways that wait to be followed */

/* A way that is still to be followed. */
struct way {
    int pc, at;
    int slots[2 * GRUB2_GROUPS];
};

struct matcher {
    const struct pattern_instruction *program;
    int count;
    const char *text;
    int length;
    uint8_t *seen; /* one bit for each (instruction, place) */
    struct way *ways;
    size_t way_count, way_room;
    bool spent; /* there were too many */
    int best[2 * GRUB2_GROUPS];
    int best_end;
};

static void push(struct matcher *m, const struct way *way, int pc)
{
    if (m->way_count == WAYS_MAX) {
        m->spent = true;
        return;
    }
    if (m->way_count == m->way_room) {
        m->way_room = m->way_room ? m->way_room * 2 : 64;
        m->ways = xreallocarray(m->ways, m->way_room, sizeof *m->ways);
    }
    m->ways[m->way_count] = *way;
    m->ways[m->way_count++].pc = pc;
}

/* Executes one instruction; false when the way ends here. */
static bool step(struct matcher *m, struct way *way)
{
    const struct pattern_instruction *i = &m->program[way->pc++];
    unsigned byte = way->at < m->length ? (unsigned char)m->text[way->at] : 0;

    switch (i->operation) {
    case PATTERN_BYTE:
        return way->at++ < m->length && byte == (unsigned)i->a;
    case PATTERN_ANY:
        return way->at++ < m->length;
    case PATTERN_SET:
        return way->at++ < m->length && (i->set[byte / 8] >> (byte % 8) & 1);
    case PATTERN_BEGIN:
        return way->at == 0;
    case PATTERN_END:
        return way->at == m->length;
    case PATTERN_SAVE:
        way->slots[i->a] = way->at;
        return true;
    case PATTERN_JUMP:
        way->pc = i->a;
        return true;
    case PATTERN_SPLIT:
        push(m, way, i->b);
        way->pc = i->a;
        return true;
    case PATTERN_FOUND:
        if (way->at > m->best_end) {
            m->best_end = way->at;
            memcpy(m->best, way->slots, sizeof m->best);
        }
        return false;
    }
    return false;
}

/* Follows WAY as far as it is new. */
static bool follow(struct matcher *m, struct way *way, size_t *steps)
{
    do {
        size_t bit = (size_t)way->pc * (size_t)(m->length + 1) + (size_t)way->at;
        if (m->seen[bit / 8] >> (bit % 8) & 1)
            return true;
        m->seen[bit / 8] |= (uint8_t)(1u << (bit % 8));
        if (*steps == 0 || m->spent)
            return false;
        --*steps;
    } while (step(m, way));
    return true;
}

/* 1 when a match begins at START, 0 when none does, -1 when the steps are used up. */
static int match_at(struct matcher *m, int start, size_t *steps)
{
    struct way way = {.at = start};
    bool going = true;

    memset(way.slots, -1, sizeof way.slots);
    m->best_end = -1;
    push(m, &way, 0);
    while (m->way_count && going) {
        way = m->ways[--m->way_count];
        going = follow(m, &way, steps);
    }
    if (m->best_end < 0)
        return going ? 0 : -1;
    m->best[0] = start;
    m->best[1] = m->best_end;
    return 1;
}

/* Looks for the first match of the program in m->text. */
static int run(struct matcher *m, size_t *steps)
{
    int found = 0;

    m->seen = xcalloc(((size_t)m->count * (size_t)(m->length + 1)) / 8 + 1, 1);
    /* What led to no match from an earlier start leads to none from a later one. */
    for (int start = 0; start <= m->length && found == 0; start++)
        found = match_at(m, start, steps);
    free(m->seen);
    free(m->ways);
    return found;
}

int grub2_match(const char *pattern, const char *text, int groups[GRUB2_GROUPS][2], size_t *steps)
{
    auto_free struct pattern_instruction *program = xcalloc(PATTERN_MAX, sizeof *program);
    struct matcher m = {.program = program, .text = text};
    size_t length = strlen(text);

    m.count = grub2_pattern_compile(pattern, program);
    if (m.count < 0 || length > TEXT_MAX)
        return -1;
    m.length = (int)length;
    int found = run(&m, steps);
    for (int i = 0; found == 1 && i < GRUB2_GROUPS; i++) {
        groups[i][0] = m.best[2 * i];
        groups[i][1] = m.best[2 * i + 1];
    }
    return found;
}
