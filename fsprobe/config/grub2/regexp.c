/* GRUB 2's `regexp`, with a matcher whose work is bounded. See run.h.
 *
 * The C library's own matcher may take as much time and memory as a pattern asks for, and these
 * patterns come from a guest. This one turns a POSIX extended regular expression into a small
 * program, and follows every way through it, but each pair of (instruction, place in the text)
 * only once: the work is at most the product of the two lengths. Of several matches that begin
 * at the same place the longest counts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/run.h"

#define PROGRAM_MAX 2000   /* instructions */
#define TEXT_MAX    4096   /* bytes to match against */
#define REPEAT_MAX  255    /* of {N,M} */
#define PARENS_MAX  20     /* ( inside ( */
#define ATOMS_MAX   100000 /* atoms that are compiled, with every repetition */
#define WAYS_MAX    50000  /* ways that wait to be followed */

enum operation { BYTE, ANY, SET, SPLIT, JUMP, SAVE, BEGIN, END, FOUND };

struct instruction {
    enum operation operation;
    int a, b; /* BYTE: it; SPLIT: the first and the second way; JUMP: where to; SAVE: the slot */
    uint8_t set[32];
};

struct compiler {
    const char *at;
    struct instruction *program;
    int count, groups, depth, atoms;
    bool wrong;
};

static void compile_choice(struct compiler *c);

static int emit(struct compiler *c, enum operation operation, int a, int b)
{
    if (c->count == PROGRAM_MAX) {
        c->wrong = true;
        return 0;
    }
    c->program[c->count] = (struct instruction){.operation = operation, .a = a, .b = b};
    return c->count++;
}

static void set_range(uint8_t *set, unsigned from, unsigned to)
{
    for (unsigned i = from; i <= to; i++)
        set[i / 8] |= (uint8_t)(1u << (i % 8));
}

/* "[:alpha:]" and the like; the compiler stands behind the "[:". */
static void compile_class(struct compiler *c, uint8_t *set)
{
    static const struct {
        const char *name;
        int (*is)(int);
    } classes[] = {{"alpha:]", isalpha}, {"digit:]", isdigit}, {"alnum:]", isalnum},
                   {"upper:]", isupper}, {"lower:]", islower}, {"space:]", isspace},
                   {"blank:]", isblank}, {"punct:]", ispunct}, {"xdigit:]", isxdigit}};

    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        if (!text_starts(c->at, classes[i].name))
            continue;
        c->at += strlen(classes[i].name);
        for (unsigned byte = 1; byte < 128; byte++)
            if (classes[i].is((int)byte))
                set_range(set, byte, byte);
        return;
    }
    c->wrong = true;
}

/* The compiler stands behind the '['. */
static void compile_set(struct compiler *c)
{
    struct instruction *instruction = &c->program[emit(c, SET, 0, 0)];
    bool negated = *c->at == '^';
    const char *start;

    c->at += negated;
    for (start = c->at; !c->wrong && (*c->at != ']' || c->at == start);) {
        if (!*c->at) {
            c->wrong = true;
        } else if (c->at[0] == '[' && c->at[1] == ':') {
            c->at += 2;
            compile_class(c, instruction->set);
        } else {
            unsigned from = (unsigned char)*c->at++, to = from;
            if (c->at[0] == '-' && c->at[1] && c->at[1] != ']') {
                to = (unsigned char)c->at[1];
                c->at += 2;
            }
            c->wrong |= to < from;
            set_range(instruction->set, from, to);
        }
    }
    c->at += *c->at == ']';
    for (size_t i = 0; negated && i < sizeof instruction->set; i++)
        instruction->set[i] = (uint8_t)~instruction->set[i];
}

static void compile_group(struct compiler *c)
{
    int group = ++c->groups;

    if (++c->depth > PARENS_MAX) {
        c->wrong = true;
        return;
    }
    if (group < GRUB2_GROUPS)
        emit(c, SAVE, 2 * group, 0);
    compile_choice(c);
    c->wrong |= *c->at != ')';
    c->at += *c->at == ')';
    if (group < GRUB2_GROUPS)
        emit(c, SAVE, 2 * group + 1, 0);
    c->depth--;
}

static void compile_atom(struct compiler *c)
{
    char byte = *c->at++;

    /* ((x{0}){255}){255} makes no instruction, but work. */
    c->wrong |= ++c->atoms > ATOMS_MAX;
    switch (byte) {
    case '.':
        emit(c, ANY, 0, 0);
        break;
    case '[':
        compile_set(c);
        break;
    case '(':
        compile_group(c);
        break;
    case '^':
        emit(c, BEGIN, 0, 0);
        break;
    case '$':
        emit(c, END, 0, 0);
        break;
    case '\\':
        if (!*c->at) {
            c->wrong = true;
            break;
        }
        byte = *c->at++;
        __attribute__((fallthrough));
    default:
        emit(c, BYTE, (unsigned char)byte, 0);
    }
}

/* How often: *, +, ?, {N}, {N,}, {N,M}. MOST is -1 for no end. False when nothing is said. */
static bool read_repeat(struct compiler *c, int *least, int *most)
{
    *least = *c->at == '+';
    *most = *c->at == '?' ? 1 : -1;
    if (*c->at && strchr("*+?", *c->at)) {
        c->at++;
        return true;
    }
    if (*c->at != '{' || !isdigit((unsigned char)c->at[1]))
        return false;
    c->at++;
    int used = 0;
    if (sscanf(c->at, "%3d,%3d}%n", least, most, &used) < 2 || used == 0) {
        used = 0;
        *most = -1;
        sscanf(c->at, "%3d,}%n", least, &used);
        if (used == 0) {
            sscanf(c->at, "%3d}%n", least, &used);
            *most = *least;
        }
    }
    c->wrong |=
        used == 0 || *least > REPEAT_MAX || *most > REPEAT_MAX || (*most >= 0 && *most < *least);
    c->at += used;
    return true;
}

/* Compiles the atom at START once more; its groups keep their numbers. */
static void repeat_atom(struct compiler *c, const char *start, int groups)
{
    c->at = start;
    c->groups = groups;
    compile_atom(c);
}

/* The atom from START on, of which one copy stands in the program from BODY on, LEAST to MOST
 * times. */
static void compile_repeat(struct compiler *c, const char *start, int body, int groups, int least,
                           int most)
{
    const char *behind = c->at;
    int last = body;

    if (most == 0 || least == 0) {
        c->count = body;
        c->groups = groups;
    }
    for (int i = 1; i < least && !c->wrong; i++) {
        last = c->count;
        repeat_atom(c, start, groups);
    }
    if (most < 0 && least > 0) {
        int split = emit(c, SPLIT, last, 0);
        c->program[split].b = c->count;
    } else if (most < 0) {
        int split = emit(c, SPLIT, 0, 0);
        c->program[split].a = c->count;
        repeat_atom(c, start, groups);
        emit(c, JUMP, split, 0);
        c->program[split].b = c->count;
    }
    for (int i = least; i < most && !c->wrong; i++) {
        int split = emit(c, SPLIT, 0, 0);
        c->program[split].a = c->count;
        repeat_atom(c, start, groups);
        c->program[split].b = c->count;
    }
    c->at = behind;
}

static void compile_row(struct compiler *c)
{
    while (*c->at && *c->at != '|' && *c->at != ')' && !c->wrong) {
        const char *start = c->at;
        int body = c->count, groups = c->groups, least, most;
        compile_atom(c);
        int after = c->groups;
        if (!c->wrong && read_repeat(c, &least, &most))
            compile_repeat(c, start, body, groups, least, most);
        c->groups = after;
    }
}

/* ROW | ROW …; a split is put in front of a row once it is known that another one follows. */
static void compile_choice(struct compiler *c)
{
    int start = c->count;

    compile_row(c);
    while (*c->at == '|' && !c->wrong) {
        const char *again = c->at + 1;
        int length = c->count - start;
        if (c->count + 2 > PROGRAM_MAX) {
            c->wrong = true;
            return;
        }
        memmove(&c->program[start + 1], &c->program[start], (size_t)length * sizeof *c->program);
        for (int i = start + 1; i <= start + length; i++) {
            struct instruction *moved = &c->program[i];
            if (moved->operation == SPLIT || moved->operation == JUMP) {
                moved->a++;
                moved->b++;
            }
        }
        c->count++;
        c->program[start] = (struct instruction){.operation = SPLIT, .a = start + 1};
        int jump = emit(c, JUMP, 0, 0);
        c->program[start].b = c->count;
        c->at = again;
        compile_row(c);
        c->program[jump].a = c->count;
    }
}

/* A way that is still to be followed. */
struct way {
    int pc, at;
    int slots[2 * GRUB2_GROUPS];
};

struct matcher {
    const struct instruction *program;
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
    const struct instruction *i = &m->program[way->pc++];
    unsigned byte = way->at < m->length ? (unsigned char)m->text[way->at] : 0;

    switch (i->operation) {
    case BYTE:
        return way->at++ < m->length && byte == (unsigned)i->a;
    case ANY:
        return way->at++ < m->length;
    case SET:
        return way->at++ < m->length && (i->set[byte / 8] >> (byte % 8) & 1);
    case BEGIN:
        return way->at == 0;
    case END:
        return way->at == m->length;
    case SAVE:
        way->slots[i->a] = way->at;
        return true;
    case JUMP:
        way->pc = i->a;
        return true;
    case SPLIT:
        push(m, way, i->b);
        way->pc = i->a;
        return true;
    case FOUND:
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
    auto_free struct instruction *program = xcalloc(PROGRAM_MAX, sizeof *program);
    struct compiler c = {.at = pattern, .program = program};
    struct matcher m = {.program = program, .text = text};
    size_t length = strlen(text);

    compile_choice(&c);
    emit(&c, FOUND, 0, 0);
    if (c.wrong || *c.at || length > TEXT_MAX)
        return -1;
    m.count = c.count;
    m.length = (int)length;
    int found = run(&m, steps);
    for (int i = 0; found == 1 && i < GRUB2_GROUPS; i++) {
        groups[i][0] = m.best[2 * i];
        groups[i][1] = m.best[2 * i + 1];
    }
    return found;
}

/* Sets the variable that "[NUMBER:]NAME" asks for. */
static bool set_group(struct grub2 *g, const char *wish, const char *text,
                      int groups[GRUB2_GROUPS][2])
{
    const char *colon = strchr(wish, ':');
    auto_free char *digits = colon ? xstrndup(wish, (size_t)(colon - wish)) : xstrdup("1");
    uint64_t number;

    if (!text_to_number(digits, GRUB2_GROUPS - 1, &number))
        return false;
    int from = groups[number][0], to = groups[number][1];
    auto_free char *value =
        from >= 0 && to >= from ? xstrndup(text + from, (size_t)(to - from)) : xstrdup("");
    return grub2_set(g, colon ? colon + 1 : wish, value);
}

/* regexp [--set [NUMBER:]NAME]… PATTERN TEXT */
int grub2_cmd_regexp(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {{'s', "set", GRUB2_REQUIRED},
                                                  {0, NULL, GRUB2_FLAG}};
    const char *wishes[GRUB2_GROUPS * 2], *words[2] = {NULL, NULL};
    size_t wish_count = 0, word_count = 0, steps = 4 * GRUB2_STEPS_MAX, before = steps;
    struct grub2_options state = {.at = 0};
    int option, groups[GRUB2_GROUPS][2];

    while ((option = grub2_next_option(call, options, &state)) != -2) {
        if (option == 0 && state.value && wish_count < ARRAY_SIZE(wishes))
            wishes[wish_count++] = state.value;
        else if (option == -1 && word_count < 2)
            words[word_count++] = state.word;
    }
    if (word_count < 2 || !grub2_steps(g, PROGRAM_MAX / 8))
        return GRUB2_BAD_ARGUMENT;
    int found = grub2_match(words[0], words[1], groups, &steps);
    if (!grub2_steps(g, (before - steps) / 8) || found == 0)
        return GRUB2_FALSE;
    if (found < 0) {
        grub2_problem(g, "regexp: '%s' is no regular expression, or too large", words[0]);
        return GRUB2_BAD_ARGUMENT;
    }
    for (size_t i = 0; i < wish_count; i++)
        if (!set_group(g, wishes[i], words[1], groups))
            return GRUB2_BAD_ARGUMENT;
    return GRUB2_OK;
}
