/* LVM's text format. See lvm_text.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/lvm_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_NODES 256

struct reader {
    struct lvm_text *text;
    char *at, *end;
    size_t line;
    unsigned depth;
    struct error *err;
};

static int fail(struct reader *reader, const char *what)
{
    return error_set(reader->err, ERROR_INTERNAL, "line %zu of its metadata: %s", reader->line,
                     what);
}

/* NULL when there are LVM_NODES_MAX. */
static struct lvm_node *new_node(struct reader *reader)
{
    struct lvm_text *text = reader->text;

    if (text->block_count == LVM_NODES_MAX / BLOCK_NODES && text->used == BLOCK_NODES) {
        (void)fail(reader, "it goes on after more than anything has");
        return NULL;
    }
    if (text->block_count == 0 || text->used == BLOCK_NODES) {
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
        text->blocks = xreallocarray(text->blocks, text->block_count + 1, sizeof *text->blocks);
        text->blocks[text->block_count++] = xcalloc(BLOCK_NODES, sizeof **text->blocks);
        text->used = 0;
    }
    return &text->blocks[text->block_count - 1][text->used++];
}

/* Goes to the next byte that is neither white space nor in a comment; 0 at the end. */
static char skip(struct reader *reader)
{
    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '#')
            while (reader->at < reader->end && *reader->at != '\n')
                reader->at++;
        if (reader->at == reader->end)
            break;
        if (*reader->at == '\n')
            reader->line++;
        else if (!isspace((unsigned char)*reader->at))
            return *reader->at;
    }
    return '\0';
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_+.-", c));
}

/* The bytes of a name from here on; whoever calls puts the NUL behind it when he has looked at the
 * byte that stands there. */
static int read_name(struct reader *reader, char **name, size_t *length)
{
    *name = reader->at;
    while (reader->at < reader->end && is_name(*reader->at))
        reader->at++;
    *length = (size_t)(reader->at - *name);
    if (*length == 0)
        return fail(reader, "there is no name where one should be");
    if (*length > LVM_NAME_MAX)
        return fail(reader, "a name is longer than anything has");
    return 0;
}

/* From behind the opening quote; the text is moved together where it has escapes. */
static int read_string(struct reader *reader, struct lvm_node *node)
{
    char *to = ++reader->at;

    node->kind = LVM_TEXT;
    node->text = to;
    for (; reader->at < reader->end && *reader->at != '"'; reader->at++) {
        if (*reader->at == '\\' && reader->at + 1 < reader->end)
            reader->at++;
        if (*reader->at == '\n')
            reader->line++;
        *to++ = *reader->at;
    }
    if (reader->at == reader->end)
        return fail(reader, "a text has no end");
    reader->at++;
    *to = '\0';
    return 0;
}

/* Everything that is not between quotes is a number; what is none of ours (a fraction, a negative
 * one) is too large for all who ask. */
static int read_number(struct reader *reader, struct lvm_node *node)
{
    char *start = reader->at;
    bool plain = true;

    node->kind = LVM_NUMBER;
    for (; reader->at < reader->end && is_name(*reader->at); reader->at++) {
        unsigned digit = (unsigned)(*reader->at - '0');
        plain = plain && digit <= 9 &&
                !__builtin_mul_overflow(node->number, (uint64_t)10, &node->number) &&
                !__builtin_add_overflow(node->number, (uint64_t)digit, &node->number);
    }
    if (reader->at == start)
        return fail(reader, "there is no value where one should be");
    if (!plain)
        node->number = UINT64_MAX;
    return 0;
}

static int read_scalar(struct reader *reader, struct lvm_node *node)
{
    return *reader->at == '"' ? read_string(reader, node) : read_number(reader, node);
}

/* From behind the opening bracket. */
static int read_list(struct reader *reader, struct lvm_node *list)
{
    const struct lvm_node **link = &list->inner;

    list->kind = LVM_LIST;
    reader->at++;
    for (char c = skip(reader); c != ']'; c = skip(reader)) {
        if (c == '\0')
            return fail(reader, "a list has no end");
        struct lvm_node *item = new_node(reader);
        if (!item || read_scalar(reader, item) < 0)
            return -1;
        *link = item;
        link = &item->next;
        if (skip(reader) == ',')
            reader->at++;
    }
    reader->at++;
    return 0;
}

static int read_value(struct reader *reader, struct lvm_node *node)
{
    reader->at++;
    switch (skip(reader)) {
    case '[':
        return read_list(reader, node);
    case '\0':
        return fail(reader, "a value is missing");
    default:
        return read_scalar(reader, node);
    }
}

/* What stands in one section, up to its bracket; or to the end of the text. */
static int read_section(struct reader *reader, const struct lvm_node **link)
{
    for (char c = skip(reader); c != '}'; c = skip(reader)) {
        struct lvm_node *node;
        size_t length;
        char *name;

        if (c == '\0')
            return reader->depth ? fail(reader, "a section has no end") : 0;
        if (read_name(reader, &name, &length) < 0)
            return -1;
        node = new_node(reader);
        if (!node)
            return -1;
        node->name = name;
        *link = node;
        link = &node->next;
        c = skip(reader);
        if (c != '=' && c != '{')
            return fail(reader, "there is neither = nor { behind a name");
        if (c == '{') {
            if (++reader->depth > LVM_DEPTH_MAX)
                return fail(reader, "there are too many sections inside one another");
            name[length] = '\0';
            reader->at++;
            if (read_section(reader, &node->inner) < 0)
                return -1;
        } else if (read_value(reader, node) < 0) {
            return -1;
        }
        name[length] = '\0';
    }
    if (reader->depth == 0)
        return fail(reader, "a bracket closes nothing");
    reader->depth--;
    reader->at++;
    return 0;
}

int lvm_text_parse(const char *bytes, size_t length, struct lvm_text *text, struct error *err)
{
    struct reader reader = {.text = text, .line = 1, .err = err};

    if (length > LVM_TEXT_MAX)
        return error_set(err, ERROR_INTERNAL, "its metadata have more than %d bytes", LVM_TEXT_MAX);
    text->bytes = xmalloc(length + 1);
    text->length = length;
    memcpy(text->bytes, bytes, length);
    text->bytes[length] = '\0';
    /* The text is written with its NUL, which ends it. */
    reader.at = text->bytes;
    reader.end = text->bytes + strlen(text->bytes);
    return read_section(&reader, &text->first);
}

size_t lvm_text_memory(const struct lvm_text *text)
{
    return text->length + text->block_count * BLOCK_NODES * sizeof **text->blocks;
}

void lvm_text_free(struct lvm_text *text)
{
    for (size_t i = 0; i < text->block_count; i++)
        free(text->blocks[i]);
    free(text->blocks);
    free(text->bytes);
    *text = (struct lvm_text){.used = 0};
}

const struct lvm_node *lvm_find(const struct lvm_node *first, const char *name, enum lvm_kind kind)
{
    for (; first; first = first->next)
        if (first->kind == kind && strcmp(first->name, name) == 0)
            return first;
    return NULL;
}

bool lvm_number(const struct lvm_node *first, const char *name, uint64_t min, uint64_t max,
                uint64_t *number)
{
    const struct lvm_node *node = lvm_find(first, name, LVM_NUMBER);

    if (!node || node->number < min || node->number > max)
        return false;
    *number = node->number;
    return true;
}

const char *lvm_string(const struct lvm_node *first, const char *name)
{
    const struct lvm_node *node = lvm_find(first, name, LVM_TEXT);

    return node ? node->text : NULL;
}

bool lvm_has(const struct lvm_node *first, const char *name, const char *text)
{
    const struct lvm_node *list = lvm_find(first, name, LVM_LIST);

    for (const struct lvm_node *item = list ? list->inner : NULL; item; item = item->next)
        if (item->kind == LVM_TEXT && strcmp(item->text, text) == 0)
            return true;
    return false;
}
