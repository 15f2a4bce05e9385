// SPDX-License-Identifier: BSD-2-Clause
/* Files of policies, and what stands around the hooks of one. */
#include "policy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy_priv.h"

/* ---- lists */

static yaml_node_t *find_list(struct policy *p, const char *name)
{
	for (size_t i = 0; i < policy_items(p->lists); i++) {
		yaml_node_t *list = policy_item(p->doc, p->lists, i);
		yaml_node_t *n = policy_get(p->doc, list, "name");

		if (n && n->type == YAML_SCALAR_NODE &&
		    !strcmp((const char *)n->data.scalar.value, name))
			return list;
	}
	return NULL;
}

yaml_node_t *policy_list(struct policy *p, const yaml_node_t *n, const char *name)
{
	yaml_node_t *list = find_list(p, name);

	if (!list)
		policy_complain(p->doc, n, "spec.lists has no list '%s'", name);
	return list;
}

static void read_list_name(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_text(d, n, "name", NULL);
}

static void read_list_type(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = {
		{ "", 0 }, { "syscalls", 1 }, { "generated_syscalls", 1 }, { "generated_ftrace", 2 }
	};

	if (policy_word(d, n, "type", words, nitems(words)) == 2)
		policy_complain(d, n,
				"type: generated_ftrace: functions cannot be found by a "
				"pattern; name those that secmon-policy(5) lists");
}

static void read_list(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "name", read_list_name, NULL, true },
		{ "type", read_list_type },
		{ "values" }, /* read where the list is named */
		{ "pattern" },
		{ "validated" },
	};

	policy_map(d, n, "a list", keys, nitems(keys), arg);
}

/* ---- the document */

static void read_name(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy *p = arg;

	p->name = policy_text(d, n, "name", NULL);
	if (p->name && !*p->name)
		policy_complain(d, n, "name: a policy has one");
}

static void read_metadata(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "name", read_name, NULL, true },
		{ "namespace", NULL,
		  "policies for pods of a namespace are not done; use a rule on k8s.ns.name" },
		{ "annotations" },
		{ "labels" },
		{ "creationTimestamp" },
		{ "generation" },
		{ "resourceVersion" },
		{ "uid" },
		{ "managedFields" },
		{ "finalizers" },
		{ "ownerReferences" },
	};

	policy_map(d, n, "metadata", keys, nitems(keys), arg);
}

static void read_lists(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy *p = arg;

	policy_each(d, n, "lists", read_list, p);
	p->lists = n;
}

static void read_options(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_complain(d, n, "options: they are Tetragon's own; leave them out");
}

static void read_option(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = { { "disable-kprobe-multi", 1 } };
	yaml_node_t *name = policy_get(d, n, "name");

	/* how Tetragon attaches its probes does not matter here */
	if (!name || policy_word(d, name, "an option", words, nitems(words)) == -1)
		read_options(d, n, arg);
}

static void read_option_list(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_each(d, n, "options", read_option, arg);
}

static void read_spec(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "lists", read_lists },
		{ "options", read_option_list },
		{ "kprobes" },
		{ "tracepoints" },
		{ "lsmhooks" },
		{ "fentries", NULL, "not done; kprobes name the same functions" },
		{ "uprobes", NULL, "probes in programs are not done" },
		{ "usdts", NULL, "probes in programs are not done" },
		{ "enforcers", NULL, "secmon watches, it does not enforce" },
		{ "loader", NULL, "loader events are not done" },
		{ "podSelector", NULL, "not done; use a rule on k8s.pod.* and container.*" },
		{ "containerSelector", NULL, "not done; use a rule on container.*" },
		{ "hostSelector", NULL, "not done: a policy is for the whole machine" },
		{ "selectorsMacros", NULL, "macros of selectors are not done; write them out" },
	};

	policy_map(d, n, "spec", keys, nitems(keys), arg);
	policy_hooks(arg, n);
}

static void read_version(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = { { "cilium.io/v1alpha1", 1 } };

	policy_word(d, n, "apiVersion", words, nitems(words));
}

static void read_kind(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = { { "TracingPolicy", 1 },
						    { "TracingPolicyNamespaced", 2 } };

	if (policy_word(d, n, "kind", words, nitems(words)) == 2)
		policy_complain(d, n,
				"kind: TracingPolicyNamespaced: policies for pods of a namespace "
				"are not done; use a rule on k8s.ns.name");
}

static void read_document(struct policy_doc *d, struct plan *plan)
{
	static const struct policy_key keys[] = {
		{ "apiVersion", read_version, NULL, true },
		{ "kind", read_kind },
		{ "metadata", read_metadata, NULL, true },
		{ "spec", read_spec, NULL, true },
	};
	struct policy p = { .doc = d, .plan = plan };
	yaml_node_t *root = yaml_document_get_root_node(&d->yaml);

	policy_map(d, root, "a policy", keys, nitems(keys), &p);
	if (p.failed)
		policy_complain(d, root, "%s",
				errno == E2BIG ? "more than a plan may hold" : "not enough memory");
}

/* ---- files */

static void not_yaml(struct policy_doc *d, const yaml_parser_t *y)
{
	yaml_node_t at = { .start_mark = y->problem_mark };

	policy_complain(d, y->error == YAML_READER_ERROR ? NULL : &at, "%s%s%s",
			y->context ? y->context : "", y->context ? ": " : "",
			y->problem ? y->problem : "not YAML");
}

int policy_parse(struct plan *plan, const char *name, const char *text, size_t len, FILE *err)
{
	struct policy_doc d = { .name = name, .err = err };
	unsigned int documents = 0;
	bool more = true;
	yaml_parser_t y;

	if (!yaml_parser_initialize(&y)) {
		policy_complain(&d, NULL, "not enough memory");
		return -1;
	}
	yaml_parser_set_encoding(&y, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y, (const unsigned char *)text, len);
	while (more) {
		if (!yaml_parser_load(&y, &d.yaml)) {
			not_yaml(&d, &y);
			break;
		}
		more = yaml_document_get_root_node(&d.yaml);
		if (more)
			read_document(&d, plan);
		documents += more;
		yaml_document_delete(&d.yaml);
	}
	yaml_parser_delete(&y);
	if (!documents && !d.complaints)
		policy_complain(&d, NULL, "there is no policy in it");
	if (d.complaints > POLICY_COMPLAINTS_MAX)
		fprintf(err, "%s: %u more\n", name, d.complaints - POLICY_COMPLAINTS_MAX);
	return d.complaints ? -1 : 0;
}

static int load_file(struct plan *plan, const char *path, FILE *err)
{
	FILE *fp = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *text = malloc(POLICY_BYTES_MAX + 1);
	size_t len = fp && text ? fread(text, 1, POLICY_BYTES_MAX + 1, fp) : 0;
	int r = -1;

	if (!fp || !text || ferror(fp))
		fprintf(err, "%s: %s\n", path, strerror(errno));
	else if (len > POLICY_BYTES_MAX)
		fprintf(err, "%s: more than %d bytes\n", path, POLICY_BYTES_MAX);
	else
		r = policy_parse(plan, path, text, len, err);
	if (fp && fp != stdin)
		fclose(fp);
	free(text);
	return r;
}

static int is_yaml(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return e->d_name[0] != '.' && dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

static int load_directory(struct plan *plan, const char *path, FILE *err)
{
	struct dirent **entry;
	int n = scandir(path, &entry, is_yaml, alphasort), r = 0;

	if (n < 1)
		fprintf(err, "%s: %s\n", path,
			n == -1 ? strerror(errno) : "no *.yaml or *.yml in this directory");
	for (int i = 0; i < n; i++) {
		char *file;

		if (asprintf(&file, "%s/%s", path, entry[i]->d_name) == -1) {
			fprintf(err, "%s: %s\n", path, strerror(errno));
			r = -1;
		} else {
			r |= load_file(plan, file, err);
			free(file);
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return n < 1 ? -1 : r;
}

int policy_load(struct plan *plan, const char *path, FILE *err)
{
	struct stat st;

	policy_learn_host();
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return load_directory(plan, path, err);
	return load_file(plan, path, err);
}
