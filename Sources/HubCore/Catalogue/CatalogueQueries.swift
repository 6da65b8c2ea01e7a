// What can be asked for, as callers see it.

import HubDomain
import HubProto

/// `layanan.v1.Catalogue`
struct CatalogueQueries: Sendable {
    let rulebook: Rulebook
    let modules: any ModuleRuntime
    let clock: any HubClock

    func list(
        _ context: CallContext, _ request: LayananListServicesRequest
    ) async throws(HubError) -> LayananListServicesReply {
        let serving = await modules.serving()
        let catalogue = rulebook.catalogue
        return .with {
            $0.services = catalogue.current(today: today(catalogue)).map { definition in
                .with {
                    $0.service = definition.service
                    $0.version = definition.version
                    $0.department = definition.department
                    $0.interface = definition.interface
                    $0.title = definition.title
                    $0.serving = catalogue.module(of: definition.service).map(serving.contains) ?? false
                }
            }
        }
    }

    func get(
        _ context: CallContext, _ request: LayananGetServiceRequest
    ) async throws(HubError) -> LayananGetServiceReply {
        let catalogue = rulebook.catalogue
        guard let definition = catalogue.current(request.service, today: today(catalogue)) else {
            throw HubError(.serviceUnknown, "no such service; see layanan.v1.Catalogue/List")
        }
        return .with { $0.definition = definition }
    }

    private func today(_ catalogue: ServiceCatalogue) -> CalendarDate {
        catalogue.today(clock.nowMillis())
    }
}
