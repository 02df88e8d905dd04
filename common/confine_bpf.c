/* From decisions to a BPF program. See confine_bpf.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/confine_bpf.h"

#include <linux/seccomp.h>
#include <string.h>

/* How far behind a return may be to be jumped to. A jump reaches 255; between it and what was
 * emitted when its target was chosen, a rule and the other half of a search may come. */
#define RETURN_REACH 128

struct assembler {
    const struct filter *filter;
    /* The first number of each run that is treated alike, ascending. */
    uint32_t runs[FILTER_CALLS_MAX + 2];
    size_t run_count;
    struct sock_filter *program;
    size_t start; /* of what there is of the program */
    bool failed;
};

/* --- what is decided --------------------------------------------------------------------- */

void filter_init(struct filter *filter, uint32_t rest, uint32_t alien)
{
    memset(filter, 0, sizeof *filter);
    filter->rest = rest;
    filter->alien = alien;
    for (size_t i = 0; i < FILTER_CALLS_MAX; i++)
        filter->actions[i] = rest;
}

void filter_calls(struct filter *filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (calls[i] >= FILTER_CALLS_MAX)
            filter->overflow = true;
        else if (calls[i] >= 0)
            filter->actions[calls[i]] = action;
}

void filter_allow_if(struct filter *filter, struct filter_rule rule)
{
    if (rule.call < 0)
        return;
    if (rule.call >= FILTER_CALLS_MAX || filter->rule_count == FILTER_RULES_MAX) {
        filter->overflow = true;
        return;
    }
    filter->rules[filter->rule_count++] = rule;
    filter->ruled[rule.call] = true;
}

static bool has_rules(const struct filter *filter, uint32_t call)
{
    return call < FILTER_CALLS_MAX && filter->ruled[call] &&
           filter->actions[call] != SECCOMP_RET_ALLOW;
}

static uint32_t action_of(const struct filter *filter, uint32_t call)
{
    if (call >= FILTER_CALLS_ALIEN)
        return filter->alien;
    return call < FILTER_CALLS_MAX ? filter->actions[call] : filter->rest;
}

static void find_runs(struct assembler *to)
{
    const struct filter *filter = to->filter;

    to->runs[to->run_count++] = 0;
    for (uint32_t call = 1; call <= FILTER_CALLS_MAX; call++)
        if (has_rules(filter, call) || has_rules(filter, call - 1) ||
            action_of(filter, call) != action_of(filter, call - 1))
            to->runs[to->run_count++] = call;
    to->runs[to->run_count++] = FILTER_CALLS_ALIEN;
}

/* --- the program ------------------------------------------------------------------------- */

/* The program grows from its end towards its start, so that whatever an instruction jumps to,
 * always forward, is there already. Each function returns where its first instruction is. */

static size_t emit(struct assembler *to, int code, uint32_t value)
{
    if (to->start == 0)
        to->failed = true;
    else
        to->start--;
    to->program[to->start] = (struct sock_filter){(uint16_t)code, 0, 0, value};
    return to->start;
}

/* TARGET, or a jump to it that is near enough for a conditional one, which reaches 255. */
static size_t within_reach(struct assembler *to, size_t target)
{
    size_t distance = target - to->start;

    /* one more may be emitted before the jump is */
    return distance < UINT8_MAX ? target : emit(to, BPF_JMP | BPF_JA, (uint32_t)distance);
}

static size_t emit_jump(struct assembler *to, int test, uint32_t value, size_t yes, size_t no)
{
    size_t far = within_reach(to, yes), other = within_reach(to, no);
    uint8_t jt = (uint8_t)(far - to->start), jf = (uint8_t)(other - to->start);
    size_t at = emit(to, BPF_JMP | BPF_K | test, value);

    to->program[at].jt = jt;
    to->program[at].jf = jf;
    return at;
}

/* One that is there already, and near enough for whoever jumps to it, is used again. */
static size_t emit_return(struct assembler *to, uint32_t action)
{
    for (size_t i = to->start; i < FILTER_PROGRAM_MAX && i < to->start + RETURN_REACH; i++)
        if (to->program[i].code == (BPF_RET | BPF_K) && to->program[i].k == action)
            return i;
    return emit(to, BPF_RET | BPF_K, action);
}

/* Where 32 bits of an argument are in struct seccomp_data. */
static uint32_t argument_at(unsigned argument, bool high)
{
    bool second = high == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

    return (uint32_t)(offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t) +
                      (second ? sizeof(uint32_t) : 0));
}

/* Allows when all tests hold, else goes on at MISS. The machine has 32 bits: a test is two. */
static size_t emit_rule(struct assembler *to, const struct filter_rule *rule, size_t miss)
{
    size_t next = emit_return(to, SECCOMP_RET_ALLOW);

    for (size_t i = 0; i < 2 * ARRAY_SIZE(rule->tests); i++) {
        const struct filter_test *test = &rule->tests[i / 2];
        bool high = i % 2;
        uint32_t mask = (uint32_t)(test->mask >> (high ? 32 : 0));
        uint32_t value = (uint32_t)(test->value >> (high ? 32 : 0));

        if (!mask && !value)
            continue;
        emit_jump(to, BPF_JEQ, value, next, miss);
        if (mask != UINT32_MAX)
            emit(to, BPF_ALU | BPF_AND | BPF_K, mask);
        next = emit(to, BPF_LD | BPF_W | BPF_ABS, argument_at(test->argument, high));
    }
    return next;
}

static size_t emit_run(struct assembler *to, uint32_t call)
{
    const struct filter *filter = to->filter;
    size_t entry = emit_return(to, action_of(filter, call));

    if (has_rules(filter, call))
        for (size_t i = 0; i < filter->rule_count; i++)
            if ((uint32_t)filter->rules[i].call == call)
                entry = emit_rule(to, &filter->rules[i], entry);
    return entry;
}

/* The search among COUNT runs from FIRST on. */
static size_t emit_search(struct assembler *to, size_t first, size_t count)
{
    size_t lower = count / 2, yes, no;

    if (count == 1)
        return emit_run(to, to->runs[first]);
    yes = emit_search(to, first + lower, count - lower);
    no = emit_search(to, first, lower);
    return emit_jump(to, BPF_JGE, to->runs[first + lower], yes, no);
}

size_t filter_assemble(const struct filter *filter, struct sock_filter program[FILTER_PROGRAM_MAX])
{
    struct assembler to = {.filter = filter, .program = program, .start = FILTER_PROGRAM_MAX};
    size_t search, length;

    find_runs(&to);
    emit_search(&to, 0, to.run_count);
    search = emit(&to, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    emit_jump(&to, BPF_JEQ, FILTER_ARCH, search, emit_return(&to, filter->alien));
    emit(&to, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    length = FILTER_PROGRAM_MAX - to.start;
    memmove(program, program + to.start, length * sizeof *program);
    return to.failed || filter->overflow ? 0 : length;
}
