;;; dialform.el --- Auto-call campaigns as code -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; A major mode for dialform's KDL files: highlighting, indentation, findings by Flymake as the text is typed, saved or
;; not, and `dialform-format-buffer'.

;;; Code:

(require 'flymake)
(require 'json)
(require 'subr-x)

(defgroup dialform nil
  "Auto-call campaigns as code."
  :group 'languages
  :prefix "dialform-")

(defcustom dialform-command '("dialform")
  "The command, as a list: the program, then arguments that come before its own."
  :type '(repeat string))

(defcustom dialform-format-on-save nil
  "Whether to format a buffer with `dialform fmt' before it is saved."
  :type 'boolean)

(defcustom dialform-indent-offset 4
  "By how many columns a block is indented."
  :type 'natnum)

;;; Highlighting

;; `UPDATE=1 cargo test --test it generated' writes the lists of words.
(eval-and-compile
  ;; generated: top-level
  (defconst dialform--top
    '("project" "environment" "campaign" "template" "aliases" "moved" "removed"))
  ;; generated: settings
  (defconst dialform--settings
    '("name" "scenario" "on-transfer" "caller-id" "start" "pace" "comment" "webhook" "effective-after" "call-window" "record" "detect-robot" "trunk" "normalize" "redial" "max-per-candidate" "max-per-number" "busy" "no-answer" "answering-machine" "congestion" "ineffective" "strategy" "lifetime" "check-phones" "email-report" "schedule" "comply" "on-change" "only" "events"))
  ;; generated: project
  (defconst dialform--project
    '("api" "login" "dialect" "timezone" "campaigns" "token-command" "token-env" "state" "wire-value" "on-change" "lint"))
  ;; generated: lint
  (defconst dialform--lint
    '("error" "warn" "allow" "enforce"))
  ;; generated: aliases
  (defconst dialform--aliases
    '("scenario" "channel" "number" "pool" "trunk" "schedule" "sound")))

(eval-when-compile
  (defmacro dialform--node (words)
    "A regular expression for one of WORDS at the place of a node's name."
    `(concat "\\(?:^\\|[;{}]\\)[ \t]*\\(" (regexp-opt ,words) "\\)\\(?:[ \t;{}\"#(/\\]\\|$\\)")))

(defconst dialform-font-lock-keywords
  `((,(dialform--node dialform--top) 1 font-lock-keyword-face)
    (,(dialform--node dialform--settings) 1 font-lock-function-name-face)
    (,(dialform--node dialform--project) 1 font-lock-type-face)
    (,(dialform--node dialform--lint) 1 font-lock-type-face)
    (,(dialform--node dialform--aliases) 1 font-lock-type-face)
    ("\\_<\\([^][:space:]\\/(){}[;\"#=]+\\)[ \t]*=" 1 font-lock-variable-name-face)
    ("#\\(?:true\\|false\\|null\\|-?inf\\|nan\\)\\_>" . font-lock-constant-face)
    ("[ \t=]\\(true\\|false\\|null\\)\\(?:[ \t;}]\\|$\\)" 1 font-lock-warning-face)
    ("\\(/-\\)" 1 font-lock-comment-face)
    ("//[ \t]*\\(dialform:[ \t]*\\(?:file-\\)?ignore\\[[^]\n]*\\]\\)" 1 font-lock-preprocessor-face t))
  "What `dialform-mode' highlights beside strings and comments.")

(defvar dialform-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 124b" table)
    (modify-syntax-entry ?* ". 23n" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (dolist (char '(?- ?_ ?.))
      (modify-syntax-entry char "_" table))
    (dolist (char '(?# ?= ?\;))
      (modify-syntax-entry char "." table))
    table)
  "The characters of KDL.")

(defun dialform--syntax-propertize (start end)
  "Mark raw strings and those over several lines between START and END.
In a raw one a backslash escapes nothing, and quotes do not end it."
  (goto-char start)
  (while (re-search-forward "\\(#*\\)\\(\"\"\"\\|\"\\)" end t)
    (let* ((opening (match-beginning 0))
           (hashes (match-string 1))
           (quotes (match-string 2))
           (is-plain (and (string-empty-p hashes) (= (length quotes) 1)))
           (is-code (not (nth 8 (save-excursion (syntax-ppss opening))))))
      (when (and is-code (not is-plain))
        (let ((closing (concat quotes hashes)))
          (put-text-property opening (1+ opening) 'syntax-table (string-to-syntax "|"))
          (goto-char (match-end 0))
          (when (search-forward closing nil 'move)
            (put-text-property (1- (point)) (point) 'syntax-table (string-to-syntax "|"))
            (when (> (point) end)
              (put-text-property opening (point) 'syntax-multiline t)))
          (goto-char (min (point) (point-max)))))
      (when (and is-code is-plain)
        ;; An ordinary string, to its end.
        (while (and (re-search-forward "\\\\.\\|\"" end 'move)
                    (not (eq (char-before) ?\"))))))))

(defun dialform-indent-line ()
  "Indent the line by the blocks that it stands in."
  (interactive)
  (let* ((state (save-excursion (syntax-ppss (line-beginning-position))))
         (closes (save-excursion (back-to-indentation) (looking-at-p "}")))
         (depth (max 0 (- (nth 0 state) (if closes 1 0)))))
    (unless (nth 3 state)
      (save-excursion (indent-line-to (* depth dialform-indent-offset)))
      (when (< (current-column) (current-indentation))
        (back-to-indentation)))))

;;; Findings

(defvar-local dialform--process nil
  "The check that runs for this buffer.")

(defun dialform--diagnostic (buffer finding)
  "A Flymake diagnostic in BUFFER for FINDING of the lint report."
  (let-alist finding
    (let* ((start (or (byte-to-position (1+ .range.start.byte)) (point-max)))
           (end (or (byte-to-position (1+ .range.end.byte)) (point-max)))
           (end (if (> end start) end (min (1+ start) (point-max))))
           ;; At the end of the text there is nothing behind the place to underline.
           (start (if (< start end) start (max (point-min) (1- end)))))
      (flymake-make-diagnostic
       buffer start end
       (if (equal .severity "error") :error :warning)
       (concat "[" .code "] " .message (and .help (concat "\n" .help)))))))

(defun dialform--report (buffer text report-fn)
  "Hand the lint report TEXT of BUFFER to REPORT-FN."
  (let* ((json-array-type 'list)
         (json-object-type 'alist)
         (json-key-type 'symbol)
         (json-null nil)
         (report (json-read-from-string text)))
    (with-current-buffer buffer
      (save-restriction
        (widen)
        (funcall report-fn
                 (mapcar (lambda (finding) (dialform--diagnostic buffer finding))
                         (alist-get 'diagnostics report)))))))

(defun dialform-flymake (report-fn &rest _)
  "Check the buffer as it is, saved or not, and tell REPORT-FN."
  (let ((program (car dialform-command)))
    (unless (executable-find program)
      (error "Cannot find `%s'; is it installed, and on the PATH?" program)))
  (let ((earlier dialform--process))
    (setq dialform--process nil)
    (when (process-live-p earlier)
      (delete-process earlier)))
  (let* ((source (current-buffer))
         (name (or buffer-file-name (expand-file-name "buffer.kdl")))
         (errors (generate-new-buffer " *dialform errors*"))
         (coding-system-for-read 'utf-8-unix)
         (coding-system-for-write 'utf-8-unix)
         (process
          (make-process
           :name "dialform" :noquery t :connection-type 'pipe
           :buffer (generate-new-buffer " *dialform*")
           :stderr errors
           :command (append dialform-command
                            (list "lint" "-" "--stdin-filename" name "--output-format" "json"))
           :sentinel
           (lambda (process _event)
             (when (memq (process-status process) '(exit signal))
               (unwind-protect
                   ;; A later change has a check of its own.
                   (when (and (buffer-live-p source)
                              (eq process (buffer-local-value 'dialform--process source)))
                     (if (memq (process-exit-status process) '(0 1))
                         (dialform--report source
                                           (with-current-buffer (process-buffer process) (buffer-string))
                                           report-fn)
                       (funcall report-fn :panic
                                :explanation (with-current-buffer errors (string-trim (buffer-string))))))
                 (kill-buffer (process-buffer process))
                 (when (buffer-live-p errors)
                   (let ((pipe (get-buffer-process errors)))
                     (when pipe
                       (set-process-query-on-exit-flag pipe nil)
                       (delete-process pipe)))
                   (kill-buffer errors))))))))
    (setq dialform--process process)
    (save-restriction
      (widen)
      ;; It may have ended already, by an argument that it does not know; the sentinel tells.
      (ignore-errors
        (process-send-region process (point-min) (point-max))
        (process-send-eof process)))))

;;; The language server

;; `M-x eglot' starts it, which then takes the place of `dialform-flymake'.
(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               (cons 'dialform-mode (lambda (&rest _) (append dialform-command '("server"))))))

;;; The formatter

(defun dialform-format-buffer ()
  "Format the buffer with `dialform fmt'.
A text that is not KDL stays as it is."
  (interactive)
  (let ((name (or buffer-file-name "buffer.kdl"))
        (out (generate-new-buffer " *dialform fmt*"))
        (errors (make-temp-file "dialform"))
        (coding-system-for-read 'utf-8-unix)
        (coding-system-for-write 'utf-8-unix))
    (unwind-protect
        (save-restriction
          (widen)
          (let ((code (apply #'call-process-region nil nil (car dialform-command) nil (list out errors) nil
                             (append (cdr dialform-command) (list "fmt" "-" "--stdin-filename" name)))))
            (if (eq code 0)
                (replace-buffer-contents out)
              (message "dialform: %s"
                       (with-temp-buffer (insert-file-contents errors) (string-trim (buffer-string)))))))
      (kill-buffer out)
      (delete-file errors))))

(defun dialform--before-save ()
  "Format the buffer if `dialform-format-on-save' is set."
  (when dialform-format-on-save
    (dialform-format-buffer)))

;;; The mode

(defvar dialform-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-f") #'dialform-format-buffer)
    (define-key map (kbd "C-c C-l") #'flymake-show-buffer-diagnostics)
    map)
  "The keys of `dialform-mode'.")

;;;###autoload
(define-derived-mode dialform-mode prog-mode "dialform"
  "Auto-call campaigns as code."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "\\(?://+\\|/\\*+\\)[ \t]*")
  (setq-local comment-end "")
  (setq-local indent-line-function #'dialform-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 4)
  (setq-local syntax-propertize-function #'dialform--syntax-propertize)
  (setq-local font-lock-defaults '(dialform-font-lock-keywords))
  (add-hook 'flymake-diagnostic-functions #'dialform-flymake nil t)
  (add-hook 'before-save-hook #'dialform--before-save nil t)
  (flymake-mode 1))

;; Not every KDL file is dialform's: only the project's file and the campaigns.
;;;###autoload
(progn
  (add-to-list 'auto-mode-alist '("/dialform\\.kdl\\'" . dialform-mode))
  (add-to-list 'auto-mode-alist '("/campaigns/.*\\.kdl\\'" . dialform-mode)))

(provide 'dialform)
;;; dialform.el ends here
