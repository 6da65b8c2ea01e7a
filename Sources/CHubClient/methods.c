/* methods.c: the methods of Protos/ that programs call; a test compares the table with the hub's own. */
#include "include/hub_client.h"

#include <string.h>

static const hub_method methods[] = {
    {"hub.v1.Diagnostics/Echo", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Interop/Empty", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Interop/Unary", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Interop/Output", HUB_SERVER_STREAM, HUB_READS, 0},
    {"hub.v1.Interop/Input", HUB_CLIENT_STREAM, HUB_READS, 0},
    {"hub.v1.Interop/Exchange", HUB_EXCHANGE, HUB_READS, 0},
    {"hub.v1.Interop/Count", HUB_SERVER_STREAM, HUB_READS, 2},
    {"hub.v1.Interop/Remember", HUB_UNARY, HUB_CHANGES, 0},
    {"hub.v1.Admin/Status", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Admin/ListModules", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Admin/GetModule", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Admin/RestartModule", HUB_UNARY, HUB_ONCE, 0},
    {"hub.v1.Admin/AddPrincipal", HUB_UNARY, HUB_CHANGES, 0},
    {"hub.v1.Admin/AdvanceClock", HUB_UNARY, HUB_ONCE, 0},
    {"hub.v1.Admin/VerifyAudit", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Rulebook/Check", HUB_UNARY, HUB_READS, 0},
    {"hub.v1.Rulebook/Publish", HUB_UNARY, HUB_CHANGES, 0},
    {"hub.v1.Rulebook/History", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Catalogue/List", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Catalogue/Get", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Desk/Queue", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Desk/Claim", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Desk/Release", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Desk/Assign", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Desk/HandOver", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Desk/Advise", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Desk/Organisation", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Desk/SetAbsence", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Desk/Absences", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Contacts/Set", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Contacts/Get", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Payments/GetBill", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Payments/Pay", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Payments/Reverse", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Payments/Refund", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Payments/Reconcile", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Payments/Books", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Registers/Get", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Registers/History", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Registers/Search", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Authority/Take", HUB_UNARY, HUB_READS, 0}, /* a worker is given again what it has */
    {"layanan.v1.Authority/Answer", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Authority/Fail", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Authority/List", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Authority/Retry", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Authority/Status", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Cases/Get", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Cases/List", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Cases/History", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Cases/Watch", HUB_SERVER_STREAM, HUB_READS, 3},
    {"layanan.v1.Applications/Submit", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Applications/Resubmit", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Applications/Act", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Applications/Withdraw", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.CivilRegistry/Declare", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.CivilRegistry/Amend", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.CivilRegistry/Act", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.CivilRegistry/Withdraw", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Complaints/File", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Complaints/Supplement", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Complaints/Act", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Complaints/Reopen", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Complaints/Withdraw", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Complaints/Import", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Documents/Put", HUB_UNARY, HUB_READS, 0}, /* the same bytes are the same document */
    {"layanan.v1.Documents/Get", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Documents/Read", HUB_SERVER_STREAM, HUB_READS, 0}, /* goes on at an offset of its request */
    {"layanan.v1.Documents/Verify", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Documents/Reprint", HUB_UNARY, HUB_CHANGES, 0},
    {"layanan.v1.Uploads/Open", HUB_UNARY, HUB_READS, 0}, /* the upload's id is the client's own (W-75) */
    {"layanan.v1.Uploads/Write", HUB_CLIENT_STREAM, HUB_READS, 0},
    {"layanan.v1.Uploads/Commit", HUB_UNARY, HUB_READS, 0},
    {"layanan.v1.Uploads/Abandon", HUB_UNARY, HUB_READS, 0},
    {"grpc.health.v1.Health/Check", HUB_UNARY, HUB_READS, 0},
    {"grpc.health.v1.Health/List", HUB_UNARY, HUB_READS, 0},
    {"grpc.health.v1.Health/Watch", HUB_SERVER_STREAM, HUB_READS, 0},
};

const hub_method *hub_method_named(const char *path) {
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i].path, path) == 0) return &methods[i];
    return NULL;
}
