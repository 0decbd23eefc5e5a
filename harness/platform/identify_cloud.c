/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_identify.h"

/* Which cloud, and what only a network call or a backdoor tells, where the user asked for it. */

/*
 * Azure's second generation starts by UEFI, the first by BIOS. Docker and others hide
 * /sys/firmware from a container, so its absence counts outside of one only; DMI is left there,
 * and names Hyper-V's UEFI.
 */
static const char *azure_generation(const struct nb_platform_scene *scene)
{
	if (scene->world->exists(scene->world->self, "/sys/firmware/efi") ||
	    strncmp(scene->machine->dmi_version, "Hyper-V UEFI", strlen("Hyper-V UEFI")) == 0)
		return "generation 2";
	return scene->machine->container[0] ? "generation unknown" : "generation 1";
}

static void add_azure(struct nb_platform_scene *scene)
{
	struct nb_finding *finding;

	finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, "cloud",
				 "cloud", "Azure, %s", azure_generation(scene));
	nb_finding_how(finding, "DMI chassis_asset_tag 7783-7084-3265-9085-8269-3286-77, "
				"/sys/firmware/efi");
}

/* WSL and containers in an Azure VM reach its metadata although they do not see its firmware. */
static void add_azure_by_imds(struct nb_platform_scene *scene)
{
	struct nb_finding *finding = nb_platform_add_text(
		scene, "cloud", "cloud", "Azure, or its twin on one's own servers");

	nb_finding_how(finding, "the instance metadata service answered; there is no chassis tag");
}

static void add_aws(struct nb_platform_scene *scene)
{
	const char *size = scene->machine->instance;
	struct nb_finding *finding;

	if (size[0])
		nb_base_copy(scene->identity->size, sizeof(scene->identity->size), size);
	finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, "cloud",
				 "cloud", "AWS, %s%s", size[0] ? size : "size not told",
				 scene->dmi.metal ? ", a whole machine" : "");
	nb_finding_how(finding, "DMI sys_vendor, product_name, bios_version");
}

static void add_imds_value(struct nb_platform_scene *scene, const char *name, const char *key,
			   const char *label)
{
	char value[NB_PLATFORM_VALUE_SIZE];

	nb_world_value(scene->imds.text, name, value, sizeof(value));
	nb_finding_how(nb_platform_add_text(scene, key, label, value),
		       "%s of Azure's instance metadata", name);
}

static void add_imds(struct nb_platform_scene *scene)
{
	struct nb_identity *identity = scene->identity;
	char status[NB_PLATFORM_VALUE_SIZE];
	struct nb_finding *finding;

	if (scene->imds.done) {
		nb_world_value(scene->imds.text, "vmSize", identity->size, sizeof(identity->size));
		nb_world_value(scene->imds.text, "securityType", identity->security,
			       sizeof(identity->security));
		add_imds_value(scene, "vmSize", "cloud.size", "size");
		add_imds_value(scene, "securityType", "cloud.security", "security type");
		return;
	}
	finding = nb_platform_add_text(scene, "cloud.size", "size and security type", "");
	nb_world_value(scene->imds.text, "status", status, sizeof(status));
	if (scene->imds.asked)
		nb_finding_how(finding, "the instance metadata service: %s",
			       status[0] ? status : "no answer");
	else
		nb_finding_how(finding, "only Azure's instance metadata tell, over the network");
	if (!scene->imds.asked)
		nb_finding_advice(finding, "nestbench doctor --imds");
}

void nb_platform_add_cloud(struct nb_platform_scene *scene)
{
	const char *cloud = scene->machine->cloud;
	bool azure = strcmp(cloud, "azure") == 0;

	if (azure)
		add_azure(scene);
	else if (strcmp(cloud, "aws") == 0)
		add_aws(scene);
	else if (cloud[0])
		nb_finding_how(
			nb_platform_add_text(scene, "cloud", "cloud",
					     strcmp(cloud, "gcp") == 0 ? "Google Cloud" : cloud),
			"DMI product_name");
	else if (scene->imds.done)
		add_azure_by_imds(scene);
	else
		nb_finding_how(nb_platform_add_text(scene, "cloud", "cloud",
						    scene->dmi.present ? "none known" : ""),
			       scene->dmi.present ? "DMI is that of no cloud" : "no DMI");
	if (azure || scene->imds.asked)
		add_imds(scene);
}

/* "build 21493926", to be looked up; all ones is the backdoor's word for no answer. */
static void build_text(const struct nb_platform_scene *scene, char *text, size_t size)
{
	char build[NB_PLATFORM_VALUE_SIZE / 2];

	nb_world_value(scene->vmware.text, "build", build, sizeof(build));
	if (build[0] && strspn(build, "0123456789") == strlen(build) &&
	    strcmp(build, "4294967295") != 0)
		snprintf(text, size, "build %s", build);
	else
		nb_base_copy(text, size, "build not told");
}

static void add_vmware_answer(struct nb_platform_scene *scene)
{
	const char *product = scene->product ? scene->product : "unknown";
	char build[NB_PLATFORM_VALUE_SIZE];
	char way[NB_PLATFORM_VALUE_SIZE];
	struct nb_finding *finding;

	build_text(scene, build, sizeof(build));
	nb_world_value(scene->vmware.text, "via", way, sizeof(way));
	finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE,
				 scene->product ? NB_STATE_INFO : NB_STATE_UNKNOWN,
				 "vmware.product", "VMware product", "%s, %s", product, build);
	nb_finding_how(finding, "backdoor commands 10 and 100 by %s", way[0] ? way : "unknown");
}

void nb_platform_add_vmware(struct nb_platform_scene *scene)
{
	struct nb_finding *finding;
	char status[NB_PLATFORM_VALUE_SIZE];

	if (scene->identity->hypervisor != NB_HYPERVISOR_VMWARE)
		return;
	if (scene->vmware.done) {
		add_vmware_answer(scene);
		return;
	}
	finding = nb_platform_add_text(scene, "vmware.product", "VMware product",
				       scene->product ? scene->product : "");
	nb_world_value(scene->vmware.text, "status", status, sizeof(status));
	if (scene->vmware.asked) {
		nb_finding_how(finding, "the backdoor: %s", status[0] ? status : "no answer");
		return;
	}
	nb_finding_how(finding, scene->product ? "a Mac's firmware; the backdoor was not asked"
					       : "CPUID and DMI are alike in ESXi, Workstation "
						 "and Fusion; the backdoor was not asked");
	nb_finding_advice(finding, "nestbench doctor --probe-vmware");
}
