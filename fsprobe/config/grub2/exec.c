/* Executes the tree of a GRUB 2 script. See exec.h.
 *
 * What GRUB does and a shell does not: `if` looks at $? and not at what its condition
 * returned; a command that nobody knows is reported, and counts as a success; a word NAME=VALUE
 * is an assignment when there is no such command, and what follows it is ignored.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/exec.h"

#include <string.h>

#include "fsprobe/config/grub2/args.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/expand.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/script/parse.h"

/* One level down; false, with a problem, when that is too deep. Undone by leave(). */
static bool enter(struct grub2 *g)
{
    if (g->depth >= GRUB2_DEPTH_MAX) {
        grub2_unknown(g, "functions, files and submenus are nested more than %d deep",
                      GRUB2_DEPTH_MAX);
        return false;
    }
    g->depth++;
    return true;
}

static void leave(struct grub2 *g)
{
    g->depth--;
}

static int execute_step(struct grub2 *g, const struct grub2_node *node);

/* Executes what GRUB reads line by line: a file, and the body of an entry. There a `return`
 * leaves out only the rest of its line, and it goes on to do so in the lines that follow: of
 * each, the first command is executed. */
static int execute_lines(struct grub2 *g, const struct grub2_node *list)
{
    int status = GRUB2_OK;
    bool skipping = false;

    for (; list && !g->breaks && g->flow <= GRUB2_RETURN; list = list->next) {
        if (skipping && !list->own_line)
            continue;
        status = execute_step(g, list);
        skipping = g->flow == GRUB2_RETURN;
    }
    return status;
}

/* Executes BODY by EXECUTE, with ARGS as $1, $2, …, and with loops of its own. */
static int in_scope(struct grub2 *g, int (*execute)(struct grub2 *, const struct grub2_node *),
                    const struct grub2_node *body, char **args, size_t count)
{
    struct grub2_scope scope = {.args = args, .count = count}, *outer = g->scope;
    unsigned loops = g->loops;
    int status;

    if (!enter(g))
        return GRUB2_FALSE;
    g->scope = &scope;
    g->loops = 0;
    status = execute(g, body);
    if (g->flow == GRUB2_RETURN) {
        g->flow = GRUB2_GO_ON;
        status = g->status;
    }
    g->breaks = 0;
    g->loops = loops;
    g->scope = outer;
    grub2_scope_free(&scope);
    leave(g);
    return status;
}

void grub2_execute_body(struct grub2 *g, const struct grub2_node *body, char **args, size_t count)
{
    in_scope(g, execute_lines, body, args, count);
}

int grub2_execute_text(struct grub2 *g, const char *name, const char *bytes, size_t length)
{
    const struct grub2_node *list, *at = g->at;
    struct grub2_source source;
    int status = GRUB2_OK;

    if (!enter(g))
        return GRUB2_FALSE;
    if (!grub2_steps(g, length / 64)) {
        status = GRUB2_FALSE;
    } else if (!grub2_source_read(&g->arena, &source, name, bytes, length)) {
        grub2_unknown(g, "cannot read %s: all configurations together are too large", name);
        status = GRUB2_FALSE;
    } else if ((list = grub2_parse(&g->arena, &source, &g->menu->problems))) {
        status = execute_lines(g, list);
    }
    g->at = at;
    leave(g);
    return status;
}

static const struct grub2_function *find_function(const struct grub2 *g, const char *name)
{
    for (const struct grub2_function *f = g->functions; f; f = f->next)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

static int define_function(struct grub2 *g, const struct grub2_node *node)
{
    struct grub2_function *function;

    if (g->function_count >= GRUB2_FUNCTIONS_MAX ||
        !(function = grub2_arena_take(&g->arena, sizeof *function))) {
        grub2_unknown(g, "more than %d functions", GRUB2_FUNCTIONS_MAX);
        return GRUB2_FALSE;
    }
    *function = (struct grub2_function){g->functions, node->name, node->body};
    g->functions = function;
    g->function_count++;
    return GRUB2_OK;
}

/* What is neither a command nor a function: NAME=VALUE, or unknown. */
static int assign(struct grub2 *g, const char *word)
{
    const char *equals = strchr(word, '=');

    if (equals) {
        auto_free char *name = xstrndup(word, (size_t)(equals - word));
        grub2_set(g, name, equals + 1);
    } else {
        grub2_problem(g, "there is no command '%s'", word);
    }
    g->status = GRUB2_OK;
    return GRUB2_OK;
}

/* What "!" makes of a status: an error that is more than "false" is reported and forgotten. */
static int invert(int status)
{
    return status == GRUB2_OK ? GRUB2_FALSE : GRUB2_OK;
}

int grub2_call(struct grub2 *g, const struct grub2_call *call)
{
    const char *name = call->argv[0];
    struct grub2_call inner = *call;
    bool inverted = strcmp(name, "!") == 0;
    int status;

    if (inverted) {
        if (call->argc < 2) {
            g->status = GRUB2_BAD_ARGUMENT;
            return g->status;
        }
        inner.argc--;
        name = (++inner.argv)[0];
    }
    /* cppcheck-suppress AssignmentIntegerToAddress ; a type of functions is none that it knows */
    grub2_command *command = g->find_command(name);
    const struct grub2_function *function = command ? NULL : find_function(g, name);
    if (command)
        status = command(g, &inner);
    else if (function)
        status = in_scope(g, grub2_execute, function->body, inner.argv + 1, inner.argc - 1);
    else
        return assign(g, name);
    g->status = inverted ? invert(status) : status;
    return g->status;
}

static int execute_command(struct grub2 *g, const struct grub2_node *node)
{
    auto_grub2_args struct grub2_args args = {NULL, 0, 0};

    if (!grub2_expand(g, node->words, &args) ||
        (node->block && !grub2_args_add(g, &args, node->block->text, strlen(node->block->text)))) {
        g->status = GRUB2_FALSE;
        return g->status;
    }
    if (args.count == 0)
        return GRUB2_OK;
    struct grub2_call call = {args.count, args.v, node->block};
    return grub2_call(g, &call);
}

/* After a turn of a loop: whether there is another one. */
static bool loop_goes_on(struct grub2 *g)
{
    if (g->breaks == 1 && g->continuing)
        g->breaks = 0;
    return g->breaks == 0 && g->flow == GRUB2_GO_ON && grub2_steps(g, 1);
}

static void end_loop(struct grub2 *g)
{
    if (g->breaks)
        g->breaks--;
    g->loops--;
}

static int execute_for(struct grub2 *g, const struct grub2_node *node)
{
    auto_grub2_args struct grub2_args list = {NULL, 0, 0};
    int status = GRUB2_OK;

    if (!grub2_expand(g, node->words, &list))
        return GRUB2_FALSE;
    g->loops++;
    for (size_t i = 0; i < list.count; i++) {
        grub2_set(g, node->name, list.v[i]);
        status = grub2_execute(g, node->body);
        if (!loop_goes_on(g))
            break;
    }
    end_loop(g);
    return status;
}

/* Returns what its condition or its body returned last. */
static int execute_while(struct grub2 *g, const struct grub2_node *node)
{
    int status;

    g->loops++;
    do {
        status = grub2_execute(g, node->condition);
        if (g->breaks || g->flow != GRUB2_GO_ON || (status == GRUB2_OK) == node->until)
            break;
        status = grub2_execute(g, node->body);
    } while (loop_goes_on(g));
    end_loop(g);
    return status;
}

static int execute_if(struct grub2 *g, const struct grub2_node *node)
{
    grub2_execute(g, node->condition);
    if (g->breaks || g->flow != GRUB2_GO_ON)
        return GRUB2_OK;
    return grub2_execute(g, g->status == GRUB2_OK ? node->body : node->otherwise);
}

static int execute_node(struct grub2 *g, const struct grub2_node *node)
{
    switch (node->kind) {
    case GRUB2_COMMAND:
        return execute_command(g, node);
    case GRUB2_IF:
        return execute_if(g, node);
    case GRUB2_FOR:
        return execute_for(g, node);
    case GRUB2_WHILE:
        return execute_while(g, node);
    case GRUB2_FUNCTION:
        return define_function(g, node);
    }
    return GRUB2_OK;
}

/* What a statement returns is $?, also where it is none of a command: that of an `if` of which
 * nothing was executed is 0. */
static int execute_step(struct grub2 *g, const struct grub2_node *node)
{
    g->at = node;
    if (!grub2_steps(g, 1))
        return GRUB2_FALSE;
    int status = execute_node(g, node);
    if (node->kind != GRUB2_FUNCTION)
        g->status = status;
    return status;
}

/* As in GRUB, the first statement is executed even when a `return` is still at work. */
int grub2_execute(struct grub2 *g, const struct grub2_node *list)
{
    int status = GRUB2_OK;

    for (; list && !g->breaks && g->flow <= GRUB2_RETURN; list = list->next) {
        status = execute_step(g, list);
        if (g->flow != GRUB2_GO_ON)
            break;
    }
    return status;
}
