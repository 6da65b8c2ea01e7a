// swift-tools-version: 6.2
// The table of contents: products first, then the targets floor by floor (see ARCHITECTURE.md).
import PackageDescription

/// With HUB_FUZZ set this is the package that Scripts/fuzz.sh builds: the decoders, and the program that feeds them.
let fuzzMode = Context.environment["HUB_FUZZ"]
let isFuzzing = fuzzMode != nil

/// What libFuzzer steers by, or what llvm-cov shows. Our own targets alone: others' decoders are not what is looked at.
let coverage: [SwiftSetting] =
    switch fuzzMode {
    case nil: []
    case "coverage": [.unsafeFlags(["-profile-generate", "-profile-coverage-mapping"])]
    default: [.unsafeFlags(["-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table"])]
    }

/// Warnings are errors on our own targets only; dependencies keep their own rules.
let strict: [SwiftSetting] =
    [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("InternalImportsByDefault")]
    + coverage

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A module's library exports its entry and nothing else; SwiftPM gives it `$ORIGIN` as a place to look for others.
let exports = ["-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map"]

/// Debug builds can switch off single rules of the wire, so that the conformance kit can be proved.
let switches: [SwiftSetting] = [.define("RULE_SWITCHES", .when(configuration: .debug))]

/// Debug builds and all tests check that no two accesses to one variable overlap; on a connection's path through its
/// handler the check costs a tenth of a call, so release builds go without.
let unchecked: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

/// A target of one floor.
func floor(_ name: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

/// A department's module: its rules, which tests can call, and its entry, linked as a dynamic library.
func module(_ name: String) -> [Target] {
    [
        .target(
            name: "\(name)Rules", dependencies: ["HubModuleKit", "HubProto", "HubDomain"],
            path: "Plugins/\(name)/Rules", swiftSettings: strict),
        .target(
            name: name, dependencies: [.byName(name: "\(name)Rules"), "HubModuleKit", "CHubModule"],
            path: "Plugins/\(name)/Sources", swiftSettings: strict, linkerSettings: [.unsafeFlags(exports)]),
    ]
}

/// Tests of one target, with what else they need.
func tests(of name: String, _ dependencies: [Target.Dependency] = [], named: String? = nil) -> Target {
    .testTarget(
        name: named ?? "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

/// The conformance kit's cases travel inside the program.
let cases: [Resource] = [
    "wire", "unary", "streams", "transport", "handshake", "header", "stream-ids", "content", "compression", "credit",
    "services", "module",
].map { .embedInCode("Cases/\($0).yaml") }

let products: [Product] = [
    .library(name: "HubModuleKit", targets: ["HubModuleKit", "HubProto", "HubDomain"]),
    .library(name: "HubClient", targets: ["HubClient", "HubProto"]),
    .executable(name: "hubd", targets: ["hubd"]),
    .executable(name: "hubctl", targets: ["hubctl"]),
    .executable(name: "hub-demo", targets: ["hub-demo"]),
    .library(name: "Permits", type: .dynamic, targets: ["Permits"]),
    .library(name: "CivilRegistry", type: .dynamic, targets: ["CivilRegistry"]),
    .library(name: "Complaints", type: .dynamic, targets: ["Complaints"]),
]

let hubd = Target.executableTarget(
    name: "hubd",
    dependencies: [
        "HubServer", "HubStore", "HubModules", "HubPapers", "HubCouriers", "HubIntake", "HubTrust", "HubCore",
        "HubWire",
        "HubProto", "HubDomain", argumentParser, lifecycle, logging, nioPosix, yams,
    ], swiftSettings: strict)

/// No program can be linked with another: what the daemon reads its files with is a library while it is fuzzed.
let hubdFiles = Target.target(
    name: "hubd",
    dependencies: [
        "HubCouriers", "HubIntake", "HubModules", "HubCore", "HubProto", "HubWire", "HubDomain", logging, yams,
    ],
    sources: [
        "ConfigurationSection.swift", "DocumentsConfiguration.swift", "HubConfiguration.swift",
        "NoticesConfiguration.swift", "PolicyFile.swift", "SignatureConfiguration.swift",
    ], swiftSettings: strict)

/// The decoders as libFuzzer and the tests run them: one folder, with the program or with the tests that replay the corpus.
let fuzzed: [Target.Dependency] = [
    "hubd", "HubServer", "HubModules", "HubIntake", "HubTrust", "HubClient", "HubCompression", "HubCore", "HubWire",
    "HubProto", "HubDomain", protobuf, nioCore, x509,
]
let fuzzLink = ["-sanitize=fuzzer", "-use-ld=lld"] + (fuzzMode == "coverage" ? ["-profile-generate"] : [])
let fuzzing: [Target] =
    isFuzzing
    ? [
        .executableTarget(
            name: "hub-fuzz", dependencies: fuzzed, path: "Tests/FuzzTests", exclude: ["Replay"],
            swiftSettings: strict, linkerSettings: [.unsafeFlags(fuzzLink)])
    ]
    : [
        .testTarget(
            name: "FuzzTests", dependencies: fuzzed, path: "Tests/FuzzTests", exclude: ["Program"],
            swiftSettings: strict)
    ]

let package = Package(
    name: "e-layanan-makmur",
    products: isFuzzing ? [.executable(name: "hub-fuzz", targets: ["hub-fuzz"])] : products,
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 1: facts.
        .target(name: "CHubModule"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo-ft", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "HubProto", dependencies: [protobuf], exclude: ["Generated/STAMP"],
            swiftSettings: [.swiftLanguageMode(.v6)] + coverage),
        floor("HubDomain", []),
        // Floor 2: protocol.
        floor("HubWire", ["HubProto", "HubDomain", protobuf], settings: switches),
        // Floor 3: decisions.
        .target(
            name: "HubCore", dependencies: ["HubWire", "HubProto", "HubDomain", protobuf, crypto, logging],
            resources: [.embedInCode("Reflection/descriptors.binpb")], swiftSettings: strict),
        floor("HubModuleKit", ["HubWire", "HubProto", "HubDomain", "CHubModule", protobuf]),
        floor("HubCompression", ["HubWire", "HubDomain", "CZstd"]),
        // Floor 4: adapters.
        floor(
            "HubServer",
            [
                "HubCore", "HubCompression", "HubWire", "HubProto", "HubDomain", protobuf, nioCore, nioPosix, nioSSL,
                nioTLS, crypto, logging,
            ], settings: unchecked),
        floor("HubStore", ["HubCore", "HubProto", "HubDomain", protobuf, grdb, crypto]),
        floor(
            "HubModules",
            ["HubCore", "HubWire", "HubProto", "HubDomain", protobuf, nioCore, nioPosix, yams, crypto, logging],
            settings: unchecked),
        floor("HubTrust", ["HubCore", "HubProto", "HubDomain", x509, crypto]),
        floor("HubCouriers", ["HubCore", "HubProto", "HubDomain", "CCurl", nioPosix, crypto]),
        floor("HubIntake", ["HubCore", "HubDomain"]),
        floor("HubPapers", ["HubCore", "HubProto", "HubDomain", "CCairo", "CQREncode"]),
        floor(
            "HubClient",
            ["HubCompression", "HubWire", "HubProto", "HubDomain", protobuf, nioCore, nioPosix, nioSSL, nioTLS]),
        .target(
            name: "HubConformance",
            dependencies: [
                "HubCompression", "HubWire", "HubProto", "HubDomain", protobuf, nioCore, nioPosix, nioSSL, nioTLS, yams,
            ],
            resources: cases, swiftSettings: strict),
        // Floor 5: programs.
        isFuzzing ? hubdFiles : hubd,
        .executableTarget(
            name: "hubctl",
            dependencies: [
                "HubConformance", "HubModules", "HubClient", "HubTrust", "HubCore", "HubProto", "HubDomain", protobuf,
                argumentParser, crypto, nioCore, yams,
            ], swiftSettings: strict),
        .executableTarget(
            name: "hub-demo",
            dependencies: [
                "HubTestKit", "HubClient", "HubTrust", "HubWire", "HubProto", "HubDomain", argumentParser, nioPosix,
                protobuf,
            ], swiftSettings: strict),
        .executableTarget(
            name: "hub-year",
            dependencies: [
                "HubStore", "HubModules", "HubTrust", "HubTestKit", "HubModuleKit", "HubCore", "HubProto", "HubDomain",
                "PermitsRules", "CivilRegistryRules", "ComplaintsRules", argumentParser, logging, protobuf, yams,
            ], exclude: ["year.yaml"], swiftSettings: strict),
        // hub-module-host is C for libc alone; SwiftPM would link the Swift runtime into it: Scripts/build-host.sh. So would it
        // into hub-image, which that script builds too.
        // For tests, here and at departments.
        floor("HubTestKit", ["HubCore", "HubProto", "HubDomain", protobuf, crypto, nioCore, nioPosix]),
        tests(of: "HubTestKit"),
        tests(of: "HubDomain"),
        tests(of: "HubWire", ["HubProto", "HubDomain", protobuf]),
        tests(of: "HubCompression", ["HubWire", "HubDomain"]),
        tests(
            of: "HubCore",
            ["HubTestKit", "HubStore", "HubPapers", "HubTrust", "HubProto", "HubDomain", protobuf, logging, crypto]),
        tests(of: "HubStore", ["HubTestKit", "HubCore", "HubProto", "HubDomain", grdb, logging]),
        tests(of: "HubConformance"),
        tests(of: "HubTrust", ["HubTestKit", "HubCore", "HubProto", "HubDomain", x509, crypto]),
        tests(of: "HubCouriers", ["HubTestKit", "HubCore", "HubProto", "HubDomain", crypto]),
        tests(of: "HubIntake", ["HubTestKit", "HubCore", "HubDomain"]),
        tests(of: "HubPapers", ["HubTestKit", "HubTrust", "HubModules", "HubCore", "HubProto", "HubDomain"]),
        tests(
            of: "HubClient",
            [
                "HubTrust", "HubCompression", "HubWire", "HubProto", "HubDomain", protobuf, nioCore, nioEmbedded,
                nioPosix,
                nioSSL,
            ]),
        tests(of: "HubModuleKit", ["HubWire", "HubProto", "HubDomain", "CHubModule", protobuf]),
        tests(
            of: "HubModules", ["HubTestKit", "HubCore", "HubProto", "HubDomain", protobuf, crypto, logging, nioPosix]),
        tests(
            of: "HubServer",
            [
                "HubTestKit", "HubCore", "HubCompression", "HubWire", "HubProto", "HubDomain", protobuf, logging,
                nioCore,
                nioEmbedded, nioPosix, nioSSL, nioTLS,
            ]),
        tests(
            of: "PermitsRules",
            [
                "CivilRegistryRules", "ComplaintsRules", "HubModuleKit", "HubModules", "HubCore", "HubProto",
                "HubDomain", protobuf,
            ], named: "PluginTests"),
        tests(of: "hubctl", ["HubClient", "HubTrust", "HubCore", "HubProto", "HubDomain", yams], named: "HubctlTests"),
        tests(
            of: "hub-year", ["HubTestKit", "HubModules", "HubCore", "HubProto", "HubDomain"], named: "HubYearTests"),
        tests(
            of: "hub-demo",
            [
                "HubConformance", "HubTestKit", "HubCore", "HubClient", "HubTrust", "HubWire", "HubProto", "HubDomain",
                protobuf, crypto, grdb, nioCore, nioPosix, nioSSL, nioTLS,
            ], named: "EndToEndTests"),
    ] + fuzzing + module("Permits") + module("CivilRegistry") + module("Complaints")
)
