// One process of a module and the link to it: they end together.

/// A process from its spawn until both its exit and the end of its link have been seen.
///
/// Only then is it over: answers may still be in the socket when the process has ended, and the exit status is known
/// only after the link is.
final class RunningHost {
    /// Why it ends. The first reason counts, except that stopping the hub overrules all.
    enum Ending {
        /// It was only a probe, and a good one.
        case probed
        /// An admin asked for another.
        case restart
        /// The hub stops.
        case stop
        /// The host or the hub found that it cannot run here.
        case refused(String)
        /// A call was not answered in time.
        case hung(String)
        /// It broke the module profile, did not start in time or gave no sign of life.
        case broken(String)
    }

    let process: HostProcess
    let link: ModuleLink
    /// Stream of `Describe`.
    var describe: UInt32?
    var ending: Ending?
    var exit: HostExit?
    var linkClosed = false
    /// PINGs since the last answer to one.
    var pingsMissed = 0

    init(process: HostProcess, link: ModuleLink) {
        self.process = process
        self.link = link
    }

    var isOver: Bool { exit != nil && linkClosed }
}
