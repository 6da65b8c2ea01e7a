// hub-fuzz: runs one decoder under libFuzzer, or tells what it makes of files. Scripts/fuzz.sh calls it.

import Foundation

/// The part of libFuzzer for programs that have a main function of their own (FuzzerDriver.h).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ each: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// ```
/// hub-fuzz list                          names and longest inputs
/// hub-fuzz verdict TARGET FILE…          what it makes of each
/// hub-fuzz run TARGET [libFuzzer's own arguments]
/// ```
@main
enum FuzzProgram {
    /// libFuzzer's function has no context to keep it in. Set once, before anything runs.
    nonisolated(unsafe) private static var target: FuzzTarget?
    /// Names the target to the programs that libFuzzer starts.
    private static let inherited = "HUB_FUZZ_TARGET"

    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        // A merge starts the program anew, with libFuzzer's arguments alone.
        if let name = ProcessInfo.processInfo.environment[Self.inherited] { arguments = ["run", name] + arguments }
        if arguments == ["list"] {
            for target in FuzzTarget.all { print(target.name, target.bytesMax) }
            return
        }
        guard arguments.count >= 2, let found = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
            FileHandle.standardError.write(Data("hub-fuzz list | verdict TARGET FILE… | run TARGET …\n".utf8))
            exit(64)
        }
        if arguments[0] == "verdict" {
            for file in arguments.dropFirst(2) { print(try verdict(found, file), file) }
        } else {
            target = found
            setenv(Self.inherited, found.name, 1)
            run(Array(arguments.dropFirst(2)))
        }
    }

    private static func verdict(_ target: FuzzTarget, _ file: String) throws -> String {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        do {
            return try bytes.withUnsafeBytes { bytes throws(BrokenPromise) in try target.judge(bytes) }.word
        } catch { return "BROKEN" }
    }

    /// A promise that does not hold ends the program as a trap would: libFuzzer then keeps the input.
    private static func run(_ arguments: [String]) {
        var values = ([CommandLine.arguments[0]] + arguments).map { strdup($0) } + [nil]
        var count = CInt(values.count - 1)
        values.withUnsafeMutableBufferPointer { values in
            guard var start = values.baseAddress else { return }
            _ = runDriver(&count, &start) { bytes, count in
                do {
                    _ = try FuzzProgram.target?.judge(UnsafeRawBufferPointer(start: bytes, count: count))
                } catch {
                    FileHandle.standardError.write(Data("broken: \(error)\n".utf8))
                    abort()
                }
                return 0
            }
        }
    }
}
