// What a machine said, in numbers that are compared quickly: the same bytes in other pieces must bring the same.

struct Step: Equatable {
    private let kind: Int
    private let stream: UInt32
    private let detail: UInt64

    /// - Parameter kind: Another one for each thing that the machine may say.
    init(_ kind: Int, _ stream: UInt32, _ detail: UInt64) {
        self.kind = kind
        self.stream = stream
        self.detail = detail
    }
}
