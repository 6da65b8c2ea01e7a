// The policy.yaml that `hubctl init` writes: which role may call which method. Data, and the regency's to change.

/// What a new hub's policy says.
enum DefaultPolicy {
    static let text = """
        # Which role may call which method. What is not allowed here is denied.
        # A pattern is package.Service/Method, or a beginning followed by * at its very end.
        # Which action of a service a role may take stands in the service's definition.
        # Health and reflection (grpc.*) are for every role: whoever may connect may ask how the hub is and what it knows.
        version: 1

        roles:
          # Looks after the hub. For a first look it may do everything, so that `hubctl submit`, `act`, `import` and
          # `bench` work with the certificate that `hubctl init` made. In production leave it hub.v1.Admin/*,
          # hub.v1.Diagnostics/*, hub.admin.v1.*, grpc.* and the catalogue, and give people certificates of their own.
          admin:
            - "hub.v1.*"
            - "hub.admin.v1.*"
            - "grpc.*"
            - "layanan.v1.*"

          # A clerk at a department's counter, or who works on its cases.
          officer:
            - "hub.v1.Diagnostics/Echo"
            - "layanan.v1.Catalogue/*"
            - "layanan.v1.Cases/*"
            - "layanan.v1.Desk/*"
            - "layanan.v1.Registers/*"
            - "layanan.v1.Contacts/*"
            - "layanan.v1.Drafts/*"
            - "layanan.v1.Survey/*"
            - "layanan.v1.Payments/GetBill"
            - "layanan.v1.Authority/List"
            - "layanan.v1.Authority/Retry"
            - "layanan.v1.Authority/Status"
            - "layanan.v1.Appointments/*"
            - "layanan.v1.Applications/Submit"
            - "layanan.v1.Applications/Resubmit"
            - "layanan.v1.Applications/Act"
            - "layanan.v1.Applications/Withdraw"
            - "layanan.v1.CivilRegistry/Declare"
            - "layanan.v1.CivilRegistry/Amend"
            - "layanan.v1.CivilRegistry/Act"
            - "layanan.v1.CivilRegistry/Withdraw"
            - "layanan.v1.Complaints/File"
            - "layanan.v1.Complaints/Supplement"
            - "layanan.v1.Complaints/Act"
            - "layanan.v1.Complaints/Reopen"
            - "layanan.v1.Complaints/Withdraw"
            - "layanan.v1.Complaints/Nearby"
            - "layanan.v1.Complaints/Public"
            - "layanan.v1.Complaints/Timeline"
            - "layanan.v1.Complaints/Follow"
            - "layanan.v1.Complaints/Unfollow"
            - "layanan.v1.Complaints/Following"
            - "layanan.v1.Complaints/Merge"
            - "layanan.v1.Complaints/Split"
            - "layanan.v1.Documents/*"
            - "layanan.v1.Uploads/*"
            - "grpc.*"

          # Head of an office: the same methods, and the rules of its department; definitions give this role further
          # actions.
          head:
            - "hub.v1.Diagnostics/Echo"
            - "hub.v1.Rulebook/*"
            - "layanan.v1.Catalogue/*"
            - "layanan.v1.Cases/*"
            - "layanan.v1.Desk/*"
            - "layanan.v1.Registers/*"
            - "layanan.v1.Contacts/*"
            - "layanan.v1.Drafts/*"
            - "layanan.v1.Survey/*"
            - "layanan.v1.Payments/GetBill"
            - "layanan.v1.Authority/List"
            - "layanan.v1.Authority/Retry"
            - "layanan.v1.Authority/Status"
            - "layanan.v1.Appointments/*"
            - "layanan.v1.Applications/Submit"
            - "layanan.v1.Applications/Resubmit"
            - "layanan.v1.Applications/Act"
            - "layanan.v1.Applications/Withdraw"
            - "layanan.v1.CivilRegistry/Declare"
            - "layanan.v1.CivilRegistry/Amend"
            - "layanan.v1.CivilRegistry/Act"
            - "layanan.v1.CivilRegistry/Withdraw"
            - "layanan.v1.Complaints/File"
            - "layanan.v1.Complaints/Supplement"
            - "layanan.v1.Complaints/Act"
            - "layanan.v1.Complaints/Reopen"
            - "layanan.v1.Complaints/Withdraw"
            - "layanan.v1.Complaints/Nearby"
            - "layanan.v1.Complaints/Public"
            - "layanan.v1.Complaints/Timeline"
            - "layanan.v1.Complaints/Follow"
            - "layanan.v1.Complaints/Unfollow"
            - "layanan.v1.Complaints/Following"
            - "layanan.v1.Complaints/Merge"
            - "layanan.v1.Complaints/Split"
            - "layanan.v1.Documents/*"
            - "layanan.v1.Uploads/*"
            - "grpc.*"

          # A citizen's channel: portal, telephone, kiosk. Sees the cases of the citizen for whom it speaks.
          applicant:
            - "layanan.v1.Catalogue/*"
            - "layanan.v1.Cases/*"
            - "layanan.v1.Contacts/*"
            - "layanan.v1.Drafts/*"
            - "layanan.v1.Survey/*"
            - "layanan.v1.Payments/GetBill"
            - "layanan.v1.Authority/Status"
            - "layanan.v1.Appointments/Offices"
            - "layanan.v1.Appointments/Slots"
            - "layanan.v1.Appointments/Book"
            - "layanan.v1.Appointments/Change"
            - "layanan.v1.Appointments/Cancel"
            - "layanan.v1.Appointments/Queue"
            - "layanan.v1.Applications/Submit"
            - "layanan.v1.Applications/Resubmit"
            - "layanan.v1.Applications/Withdraw"
            - "layanan.v1.CivilRegistry/Declare"
            - "layanan.v1.CivilRegistry/Amend"
            - "layanan.v1.CivilRegistry/Withdraw"
            - "layanan.v1.Complaints/File"
            - "layanan.v1.Complaints/Supplement"
            - "layanan.v1.Complaints/Reopen"
            - "layanan.v1.Complaints/Withdraw"
            - "layanan.v1.Complaints/Nearby"
            - "layanan.v1.Complaints/Public"
            - "layanan.v1.Complaints/Timeline"
            - "layanan.v1.Complaints/Follow"
            - "layanan.v1.Complaints/Unfollow"
            - "layanan.v1.Complaints/Following"
            - "layanan.v1.Documents/*"
            - "layanan.v1.Uploads/*"
            - "grpc.*"

          # Who stands at an office's counter: checks in, calls and serves, for cases of its department.
          counter:
            - "layanan.v1.Catalogue/*"
            - "layanan.v1.Cases/Get"
            - "layanan.v1.Appointments/*"
            - "layanan.v1.Documents/Put"
            - "layanan.v1.Uploads/*"
            - "grpc.*"

          # A bank: asks what a bill costs, tells what was paid, compares its day with the hub's. Sees no case.
          bank:
            - "layanan.v1.Payments/GetBill"
            - "layanan.v1.Payments/Pay"
            - "layanan.v1.Payments/Reverse"
            - "layanan.v1.Payments/Reconcile"
            - "grpc.*"

          # An adapter of an outside authority, whose name is the department of its certificate: takes what waits for it and
          # brings the answers. Sees no case.
          authority:
            - "layanan.v1.Authority/Take"
            - "layanan.v1.Authority/Answer"
            - "layanan.v1.Authority/Fail"
            - "layanan.v1.Documents/Put"
            - "layanan.v1.Uploads/*"
            - "grpc.*"

          # The regency's treasurer and its counters: cash, money given back, the books.
          treasurer:
            - "layanan.v1.Payments/*"
            - "layanan.v1.Catalogue/*"
            - "layanan.v1.Cases/Get"
            - "grpc.*"

          # Takes over an older register.
          importer:
            - "layanan.v1.Catalogue/*"
            - "layanan.v1.Cases/Get"
            - "layanan.v1.Cases/List"
            - "layanan.v1.Applications/Import"
            - "layanan.v1.CivilRegistry/Import"
            - "layanan.v1.Complaints/Import"
            - "grpc.*"

          # Reads everything and changes nothing.
          auditor:
            - "hub.v1.Admin/Status"
            - "hub.v1.Admin/ListModules"
            - "hub.v1.Admin/GetModule"
            - "hub.v1.Admin/ListPrincipals"
            - "hub.v1.Admin/VerifyAudit"
            - "hub.v1.Admin/ListBackups"
            - "hub.v1.Rulebook/History"
            - "hub.v1.Rulebook/TryRoute"
            - "hub.admin.v1.Outbox/List"
            - "hub.admin.v1.Services/*"
            - "layanan.v1.Catalogue/*"
            - "layanan.v1.Cases/*"
            - "layanan.v1.Desk/Organisation"
            - "layanan.v1.Desk/Absences"
            - "layanan.v1.Payments/GetBill"
            - "layanan.v1.Payments/Books"
            - "layanan.v1.Registers/*"
            - "layanan.v1.Survey/Questionnaire"
            - "layanan.v1.Survey/Index"
            - "layanan.v1.Authority/List"
            - "layanan.v1.Authority/Status"
            - "layanan.v1.Appointments/Offices"
            - "layanan.v1.Appointments/Slots"
            - "layanan.v1.Appointments/Queue"
            - "layanan.v1.Appointments/Conflicts"
            - "layanan.v1.Complaints/Public"
            - "layanan.v1.Complaints/Timeline"
            - "layanan.v1.Documents/Verify"
            - "grpc.*"

        # Roles whose reads and actions are not limited to their own department.
        all_departments: [admin, auditor]

        # Roles that may take every action of every definition. For a first look only; see admin above.
        all_actions: [admin]

        # Roles of citizens' channels: they see only the cases of the citizen for whom they speak.
        applicants: [applicant]

        # Known from the start. Others come with `hubctl client add`.
        principals:
          "urn:elayanan:hub:admin": { role: admin, unit: "" }

        """
}
