// The order in which a hub's addresses are tried.

import Testing

@testable import HubClient

@Suite("The next address")
struct AddressBookTests {
    let a = HubAddress(host: "hub-a", port: 1)
    let b = HubAddress(host: "hub-b", port: 2)
    let c = HubAddress(host: "hub-c", port: 3)

    /// Nobody answers at the next address; true when that was the last one.
    func fails(_ book: inout AddressBook) -> Bool { book.failed() }

    @Test("is the one that works, until it fails; a round is over when all have failed")
    func rounds() {
        var book = AddressBook([a, b])
        #expect(book.next == a && !book.isInRound)
        #expect(fails(&book) == false)
        #expect(book.next == b && book.isInRound)
        book.worked()
        #expect(book.next == b && !book.isInRound)
        #expect(fails(&book) == false)
        #expect(fails(&book))
        #expect(book.next == b && !book.isInRound)
    }

    @Test("after a hub leaves is where it sends its clients, then the others, and its own last")
    func alternates() {
        var book = AddressBook([a, b])
        book.leave(a, for: [c.description, "nonsense", a.description, c.description])
        #expect(book.next == c)
        #expect(fails(&book) == false)
        #expect(book.next == a)
        #expect(fails(&book) == false)
        #expect(book.next == b)
        #expect(fails(&book), "three addresses")
        #expect(book.next == a, "nobody answered at the alternate: it is forgotten")
        #expect(fails(&book) == false)
        #expect(fails(&book))
    }

    @Test("after a hub leaves without a word is another one, where there is another one")
    func leaves() {
        var book = AddressBook([a, b])
        book.leave(a, for: [])
        #expect(book.next == b)
        var single = AddressBook([a])
        single.leave(a, for: [])
        #expect(single.next == a)
        #expect(fails(&single))
    }

    @Test("is never one of more alternates than eight, or with a name that no host has")
    func bounded() {
        var book = AddressBook([a])
        book.leave(a, for: [String(repeating: "x", count: 300) + ":1"] + (1...100).map { "h\($0):1" })
        var seen: [HubAddress] = []
        repeat { seen.append(book.next) } while !book.failed()
        #expect(seen.map(\.host) == (1...7).map { "h\($0)" } + ["hub-a"])
    }
}

@Suite("Retries of a client whose calls fail")
struct RetryThrottleTests {
    @Test("stop when half of the tokens are gone, and come back with successes, a tenth each")
    func tokens() {
        var throttle = RetryThrottle()
        for _ in 0..<4 { throttle.failed() }
        #expect(throttle.allowsRetry)
        throttle.failed()
        #expect(!throttle.allowsRetry)
        throttle.succeeded()
        #expect(throttle.allowsRetry)
        for _ in 0..<100 { throttle.failed() }
        for _ in 0..<50 { throttle.succeeded() }
        #expect(!throttle.allowsRetry)
        throttle.succeeded()
        #expect(throttle.allowsRetry)
    }
}
