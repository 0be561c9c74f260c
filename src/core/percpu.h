/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * percpu.h - scripts that have a state for each CPU
 */
#ifndef LUNATIK_PERCPU_H
#define LUNATIK_PERCPU_H

#include <lunatik.h>

/**
 * struct lunatik_percpu - the part of a runtime in a percpu script
 * @cpu: of its state; -1 in ordinary runtimes
 * @member: another state than the leader's; ends with the leader, which is its parent
 * @differs: its body does not register what the leader's has registered
 * @states: of the script, in the leader; else 0
 * @members: runtimes by CPU, in the leader; NULL for its own, and for CPUs without a member
 * @hooks: registrations of the leader, in order; it holds a reference to the object of each
 * @nhooks: how many; in a member, how many it has taken part in
 * @turn: in a member, the last of these
 */
struct lunatik_percpu {
	int cpu;
	bool member;
	bool differs;
	unsigned int states;
	lunatik_object_t **members;
	struct list_head hooks;
	unsigned int nhooks;
	struct list_head *turn;
};

/**
 * lunatik_percpu_is() - whether a runtime is a state of a percpu script
 */
static inline bool lunatik_percpu_is(const struct lunatik_percpu *percpu)
{
	return percpu->cpu >= 0;
}

void lunatik_percpu_init(struct lunatik_percpu *percpu);
int lunatik_percpu_lead(struct lunatik_percpu *percpu);
void lunatik_percpu_follow(struct lunatik_percpu *percpu,
			   struct lunatik_percpu *leader, int cpu);
int lunatik_percpu_check(struct lunatik_runtime *rt, char *message, size_t size);
void lunatik_percpu_release(struct lunatik_runtime *rt);
void lunatik_percpu_disarm(struct lunatik_hook *hook);
bool lunatik_percpu_isoff(const struct lunatik_hook *hook);
void lunatik_percpu_forget(struct lunatik_hook *hook);

#endif
