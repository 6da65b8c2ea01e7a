/* submit.c: a new case. The service's definition says which fields there are and which method takes them. */
#include "commands.h"

#include "layanan/v1/case.pb-c.h"
#include "layanan/v1/catalogue.pb-c.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 100 };

/* One call and its answer, or NULL when it failed and was reported. */
static hub_call *answered(const command *asked, const char *method, const uint8_t *request, size_t size,
                          hub_bytes *answer) {
    hub_call_options options = HUB_CALL_OPTIONS;
    options.on_behalf_of = asked->on_behalf_of;
    hub_call *call = hub_call_start(asked->client, hub_method_named(method), (hub_bytes){request, size}, &options);
    if (call == NULL) return NULL;
    if (hub_call_next(call, answer) == HUB_NEXT_MESSAGE) return call;
    if (hub_call_error(call) != NULL) report(hub_call_error(call));
    hub_call_free(call);
    return NULL;
}

static Layanan__V1__GetServiceReply *definition(const command *asked) {
    Layanan__V1__GetServiceRequest request = LAYANAN__V1__GET_SERVICE_REQUEST__INIT;
    request.service = asked->words[0];
    uint8_t packed[256];
    if (layanan__v1__get_service_request__get_packed_size(&request) > sizeof packed) return NULL;
    size_t size = layanan__v1__get_service_request__pack(&request, packed);
    hub_bytes answer;
    hub_call *call = answered(asked, "layanan.v1.Catalogue/Get", packed, size, &answer);
    if (call == NULL) return NULL;
    Layanan__V1__GetServiceReply *reply = layanan__v1__get_service_reply__unpack(NULL, answer.size, answer.data);
    hub_call_free(call);
    return reply;
}

/* Types one NAME=VALUE as the definition has it; what does not look like its type goes as text, for the hub to refuse. */
static bool fill(Hub__V1__FieldValue *value, char *assignment, const Hub__V1__ServiceDefinition *service) {
    char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment) return false;
    *equals = 0;
    hub__v1__field_value__init(value);
    value->name = assignment;
    value->text = equals + 1;
    value->value_case = HUB__V1__FIELD_VALUE__VALUE_TEXT;
    for (size_t i = 0; i < service->n_fields; i++) {
        if (strcmp(service->fields[i]->name, value->name) != 0) continue;
        switch (service->fields[i]->type) {
        case HUB__V1__FIELD_TYPE__FIELD_TYPE_INTEGER: case HUB__V1__FIELD_TYPE__FIELD_TYPE_RUPIAH: {
            char *end;
            errno = 0;
            long long number = strtoll(equals + 1, &end, 10);
            if (errno != 0 || end == equals + 1 || *end != 0) break;
            value->value_case = HUB__V1__FIELD_VALUE__VALUE_INTEGER;
            value->integer = number;
            break;
        }
        case HUB__V1__FIELD_TYPE__FIELD_TYPE_FLAG:
            if (strcmp(equals + 1, "true") != 0 && strcmp(equals + 1, "false") != 0) break;
            value->value_case = HUB__V1__FIELD_VALUE__VALUE_FLAG;
            value->flag = equals[1] == 't';
            break;
        default: break;
        }
    }
    return true;
}

static const char *method_for(Hub__V1__ServiceInterface interface) {
    switch (interface) {
    case HUB__V1__SERVICE_INTERFACE__SERVICE_INTERFACE_APPLICATIONS: return "layanan.v1.Applications/Submit";
    case HUB__V1__SERVICE_INTERFACE__SERVICE_INTERFACE_CIVIL_REGISTRY: return "layanan.v1.CivilRegistry/Declare";
    case HUB__V1__SERVICE_INTERFACE__SERVICE_INTERFACE_COMPLAINTS: return "layanan.v1.Complaints/File";
    default: return NULL;
    }
}

static int submit(const command *asked, const Hub__V1__ServiceDefinition *service) {
    const char *method = method_for(service->interface);
    Hub__V1__FieldValue values[FIELDS_MAX], *list[FIELDS_MAX];
    size_t count = asked->word_count - 1;
    if (method == NULL || count > FIELDS_MAX) return 64;
    for (size_t i = 0; i < count; i++) {
        if (!fill(&values[i], asked->words[i + 1], service)) {
            fputs("hub-call: a field is NAME=VALUE\n", stderr);
            return 64;
        }
        list[i] = &values[i];
    }
    Layanan__V1__SubmitRequest request = LAYANAN__V1__SUBMIT_REQUEST__INIT;
    request.service = asked->words[0];
    request.form = list;
    request.n_form = count;
    size_t size = layanan__v1__submit_request__get_packed_size(&request);
    uint8_t *packed = malloc(size + 1);
    if (packed == NULL) return 1;
    layanan__v1__submit_request__pack(&request, packed);
    hub_bytes answer;
    /* One key for all attempts: however often the line breaks, this is one case. */
    hub_call *call = answered(asked, method, packed, size, &answer);
    free(packed);
    if (call == NULL) return 1;
    Layanan__V1__CaseReply *reply = layanan__v1__case_reply__unpack(NULL, answer.size, answer.data);
    if (reply != NULL && reply->case_ != NULL && reply->receipt != NULL)
        printf("%s  %s  receipt %" PRIu64 "\n", reply->case_->number, reply->case_->stage, reply->receipt->sequence);
    if (reply != NULL) layanan__v1__case_reply__free_unpacked(reply, NULL);
    hub_call_free(call);
    return reply != NULL ? 0 : 1;
}

int run_submit(const command *asked) {
    Layanan__V1__GetServiceReply *reply = definition(asked);
    if (reply == NULL) return 1;
    int status = reply->definition != NULL ? submit(asked, reply->definition) : 1;
    layanan__v1__get_service_reply__free_unpacked(reply, NULL);
    return status;
}
