/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RECURRENCE_H
#define NB_RECURRENCE_H

/*
 * How many exits to the hardware's hypervisor (L0) an event deep in a stack of hypervisors costs,
 * where each emulates the virtualization of the CPU for the next one, as Turtles does (Ben-Yehuda
 * et al., "The Turtles Project", OSDI 2010, section 4.3). Derived from three facts of that paper:
 * every exit lands in L0; L0 passes it on to L1; every instruction with which L1 looks at or
 * resumes its guest and that traps is one more exit.
 *
 *	b	trapping instructions that a hypervisor runs to handle one exit of its guest, the
 *		final resume among them
 *	f	the same, merely to pass an exit on to the hypervisor above it
 *
 *	D(0) = 1, D(j) = D(j-1) + f N(j-1)	until the exit has reached L_j; N(0) = 0
 *	N(k) = D(k-1) + b N(k-1)		an instruction of L_k that L_(k-1) handles
 *
 * So N(1) = 1, N(2) = 1 + b, N(k+1) = (b+1) N(k) + (f-b) N(k-1); with f = b, N(k) = (1+b)^(k-1).
 * Turtles counted b = 12 (7 reads, 4 writes, the resume) and 13 exits a CPUID of L2. That cost
 *grows like b^n is Kauer, Verissimo and Bessani, "Recursive Virtual Machines for Advanced Security
 * Mechanisms", DSN-W 2011, and before them the abstracts of Poon and Mok (VMware-TR-2010-003; HICSS
 * 2012), whose own formulas are not used here. b and f need not be whole: fitted from times they
 * hold the handlers' own work, too.
 */
struct nb_recurrence {
	double b, f;
};

/* N(level): exits of one instruction of L_level that L_(level-1) handles; level 0: none. */
double nb_recurrence_exits(const struct nb_recurrence *recurrence, int level);
/* D(level): exits until one has reached L_level. */
double nb_recurrence_delivery(const struct nb_recurrence *recurrence, int level);

/*
 * I(level) = 1 + b (N(1) + ... + N(level-1)) + (eoi + windows) N(level): an interrupt of a device
 * that belongs to L_level, which every level intercepts; eoi: ends of interrupt that trap, windows:
 * exits to wait until it may be injected. With f = b that is (1+b)^(level-1) (1 + eoi + windows).
 * At level 1 with a trapping EOI 2: ELI's "at least two exits" (Gordon et al., ASPLOS 2012).
 */
double nb_recurrence_interrupt(const struct nb_recurrence *recurrence, int level, double eoi,
			       double windows);

/*
 * D(handler) + b N(handler): an exception, while a deeper level runs, that L_handler takes care of.
 * handler below 0: no hypervisor intercepts it, 0 exits at any depth.
 */
double nb_recurrence_exception(const struct nb_recurrence *recurrence, int handler);

/* T(level) = N(level) trip + work: a round trip to L0 and back, and what handlers do besides. */
double nb_recurrence_time(const struct nb_recurrence *recurrence, int level, double trip,
			  double work);

/*
 * level * cost: at most that on hardware that delivers each event straight to its owner, the effect
 * which Kauer et al. ascribe to the extension that Poon and Mok propose ("from exponential to
 * linear").
 */
double nb_recurrence_ideal(int level, double cost);

enum { NB_RECURRENCE_DEEP = 64 }; /* levels; nobody nests deeper */

/*
 * The deepest level at which interrupts of this rate leave the CPU anything at all to do: the
 * largest n with growth^(n-1) * cost * rate <= capacity, that is 1 + floor(log_growth(capacity /
 * (cost * rate))). growth: by which factor a level multiplies the cost, b of Kauer et al.; cost of
 * one at level 1 and capacity of the CPU a second in one unit, as 1000 cycles and 3e9. 0: none is
 * sustained even at level 1; NB_RECURRENCE_DEEP: that or more. It multiplies upwards, because the
 * logarithm of an exact power may come out a hair below its whole number.
 */
int nb_recurrence_depth(double growth, double capacity, double cost, double rate);

#endif
