/* POSIX extended regular expressions, turned into programs. See pattern.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/script/pattern.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"

#define REPEAT_MAX 255    /* of {N,M} */
#define PARENS_MAX 20     /* ( inside ( */
#define ATOMS_MAX  100000 /* atoms that are compiled, with every repetition */

struct compiler {
    const char *at;
    struct pattern_instruction *program;
    int count, groups, depth, atoms;
    bool wrong;
};

static void compile_choice(struct compiler *c);

static int emit(struct compiler *c, enum pattern_operation operation, int a, int b)
{
    if (c->count == PATTERN_MAX) {
        c->wrong = true;
        return 0;
    }
    c->program[c->count] = (struct pattern_instruction){.operation = operation, .a = a, .b = b};
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
    struct pattern_instruction *instruction = &c->program[emit(c, PATTERN_SET, 0, 0)];
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
        emit(c, PATTERN_SAVE, 2 * group, 0);
    compile_choice(c);
    c->wrong |= *c->at != ')';
    c->at += *c->at == ')';
    if (group < GRUB2_GROUPS)
        emit(c, PATTERN_SAVE, 2 * group + 1, 0);
    c->depth--;
}

static void compile_atom(struct compiler *c)
{
    char byte = *c->at++;

    /* ((x{0}){255}){255} makes no instruction, but work. */
    c->wrong |= ++c->atoms > ATOMS_MAX;
    switch (byte) {
    case '.':
        emit(c, PATTERN_ANY, 0, 0);
        break;
    case '[':
        compile_set(c);
        break;
    case '(':
        compile_group(c);
        break;
    case '^':
        emit(c, PATTERN_BEGIN, 0, 0);
        break;
    case '$':
        emit(c, PATTERN_END, 0, 0);
        break;
    case '\\':
        if (!*c->at) {
            c->wrong = true;
            break;
        }
        byte = *c->at++;
        __attribute__((fallthrough));
    default:
        emit(c, PATTERN_BYTE, (unsigned char)byte, 0);
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
        int split = emit(c, PATTERN_SPLIT, last, 0);
        c->program[split].b = c->count;
    } else if (most < 0) {
        int split = emit(c, PATTERN_SPLIT, 0, 0);
        c->program[split].a = c->count;
        repeat_atom(c, start, groups);
        emit(c, PATTERN_JUMP, split, 0);
        c->program[split].b = c->count;
    }
    for (int i = least; i < most && !c->wrong; i++) {
        int split = emit(c, PATTERN_SPLIT, 0, 0);
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
        if (c->count + 2 > PATTERN_MAX) {
            c->wrong = true;
            return;
        }
        memmove(&c->program[start + 1], &c->program[start], (size_t)length * sizeof *c->program);
        for (int i = start + 1; i <= start + length; i++) {
            struct pattern_instruction *moved = &c->program[i];
            if (moved->operation == PATTERN_SPLIT || moved->operation == PATTERN_JUMP) {
                moved->a++;
                moved->b++;
            }
        }
        c->count++;
        c->program[start] =
            (struct pattern_instruction){.operation = PATTERN_SPLIT, .a = start + 1};
        int jump = emit(c, PATTERN_JUMP, 0, 0);
        c->program[start].b = c->count;
        c->at = again;
        compile_row(c);
        c->program[jump].a = c->count;
    }
}

int grub2_pattern_compile(const char *pattern, struct pattern_instruction program[PATTERN_MAX])
{
    struct compiler c = {.at = pattern, .program = program};

    compile_choice(&c);
    emit(&c, PATTERN_FOUND, 0, 0);
    return c.wrong || *c.at ? -1 : c.count;
}
