/* SPDX-License-Identifier: Apache-2.0 */
#include "page_fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "page_text.h"

#define TITLE_platform		 "Platform key"
#define TITLE_instance		 "Instance"
#define TITLE_host		 "Host"
#define TITLE_cpu_vendor	 "CPU vendor"
#define TITLE_cpu_brand		 "CPU"
#define TITLE_microcode		 "Microcode"
#define TITLE_topology		 "Topology"
#define TITLE_hypervisor	 "Hypervisor"
#define TITLE_hypervisor_version "Hypervisor version"
#define TITLE_dmi_vendor	 "System vendor"
#define TITLE_dmi_product	 "System product"
#define TITLE_dmi_version	 "System version"
#define TITLE_dmi_bios		 "Firmware"
#define TITLE_cloud		 "Cloud"
#define TITLE_wsl		 "WSL"
#define TITLE_container		 "Container"
#define TITLE_os		 "Operating system"
#define TITLE_kernel		 "Kernel"
#define TITLE_kernel_cmdline	 "Kernel command line"
#define TITLE_mitigations	 "Mitigations"
#define TITLE_kvm_module	 "KVM module"
#define TITLE_kvm_parameters	 "KVM parameters"
#define TITLE_clocksource	 "Clock source"
#define TITLE_thp		 "Transparent huge pages"
#define TITLE_governor		 "CPU frequency governor"
#define TITLE_boot_id		 "Boot"
#define TITLE_cpu_family	 "CPU family"
#define TITLE_cpu_model		 "CPU model"
#define TITLE_cpu_stepping	 "CPU stepping"
#define TITLE_cpus		 "CPUs online"
#define TITLE_memory_bytes	 "Memory"
#define TITLE_swap_bytes	 "Swap"

#define TEXT(field, size) { #field, TITLE_##field, offsetof(struct nb_machine, field), false },
#define NUMBER(field)	  { #field, TITLE_##field, offsetof(struct nb_machine, field), true },
const struct nb_page_field nb_page_fields[] = { NB_MACHINE_TEXTS(TEXT) NB_MACHINE_NUMBERS(NUMBER) };
const size_t nb_page_field_count = sizeof(nb_page_fields) / sizeof(nb_page_fields[0]);

const char *nb_page_field_text(const struct nb_page_field *field, const struct nb_machine *machine,
			       char room[NB_PAGE_NUMBER_SIZE])
{
	const void *place = (const char *)machine + field->offset;
	int64_t number;

	if (!field->number)
		return place;
	memcpy(&number, place, sizeof(number));
	room[0] = '\0';
	if (number >= 0 && strstr(field->name, "_bytes"))
		nb_page_bytes(room, number);
	else if (number >= 0)
		snprintf(room, NB_PAGE_NUMBER_SIZE, "%" PRId64, number);
	return room;
}

char nb_page_field_separator(const struct nb_page_field *field)
{
	if (strcmp(field->name, "mitigations") == 0)
		return ';';
	if (strcmp(field->name, "kernel_cmdline") == 0 ||
	    strcmp(field->name, "kvm_parameters") == 0)
		return ' ';
	return '\0';
}

bool nb_page_field_tells(const struct nb_page_field *field)
{
	return strcmp(field->name, "boot_id") != 0 && strcmp(field->name, "platform") != 0;
}
